"use strict";
// events: {id, type, ms, visit, row, details}; visits: {state, row, status, events, entered, exited, attempts, failure}, where
// entered and exited are events (or -1), an attempt is {scheduled, started, ended, status, failure}, and a failure
// [error, number of the cause's text]; rows: [symbol, status, outcome, way, failed visit, last good run];
// states: [name, type, where, definition].
(async () => {
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const NS = "http://www.w3.org/2000/svg";
  const el = (tag, cls, ...kids) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    node.append(...kids.filter((kid) => kid !== null && kid !== undefined));
    return node;
  };
  const shape = (tag, values, ...kids) => {
    const node = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
    node.append(...kids);
    return node;
  };

  async function read() {
    const box = $("#data");
    if (box.type.endsWith("json")) return JSON.parse(box.textContent);
    const packed = new DecompressionStream("gzip");
    const writer = packed.writable.getWriter();
    writer.write(Uint8Array.fromBase64?.(box.textContent) ?? Uint8Array.from(atob(box.textContent), (one) => one.charCodeAt(0)));
    writer.close();
    const reader = packed.readable.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return JSON.parse(text + decoder.decode());
      text += decoder.decode(value, { stream: true });
    }
  }
  const packed = await read();
  const { began, ended, arn, cause, states, rows, wrote, logs, texts, calm: noFailures } = packed;
  const visits = unpackVisits(packed.visits);
  const events = unpackEvents(packed.events);
  function unpackVisits(of) {
    return of.state.map((state, n) => ({ state, row: of.row[n], status: of.statuses[of.status[n]], events: [], failure: of.failure[n] }));
  }
  function unpackEvents(of) {
    let ms = 0;
    let used = 0;
    const found = [];
    for (let n = 0; n < of.count; n += 1) {
      if (of.ms[n] !== null) ms += of.ms[n];
      const details = of.details[n];
      for (const key in details) {
        const value = details[key];
        if (Array.isArray(value)) details[key] = [value[0] ? used - value[0] : used++];
      }
      const visit = of.visit[n];
      if (visit >= 0) visits[visit].events.push(n);
      found.push({ id: of.id[n] ?? n + 1, type: of.types[of.type[n]], ms: of.ms[n] === null ? null : ms, visit, row: visit < 0 ? -1 : visits[visit].row, details });
    }
    for (let n = 0; n < of.row.length; n += 2) found[of.row[n]].row = of.row[n + 1];
    const all = packed.visits;
    visits.forEach((visit, n) => {
      const own = (place) => (place < 0 ? -1 : visit.events[place]);
      visit.entered = own(all.entered[n]);
      visit.exited = own(all.exited[n]);
      visit.attempts = all.attempts[n].map(([scheduled, started, ended, status, failure]) => ({ scheduled: own(scheduled), started: own(started), ended: own(ended), status, failure }));
    });
    return found;
  }
  const long = (value) => (Array.isArray(value) ? texts[value[0]] : value);
  const at = (event) => (event < 0 ? null : events[event].ms);
  const detail = (event, name) => (event < 0 ? undefined : long(events[event].details[name]));
  const last = (visit) => visit.events.at(-1) ?? -1;
  const calm = (failure) => failure && noFailures.includes(failure[0]);
  // The Lambda request id of an attempt: in the cause of a failure, or in what the service gave with the answer.
  function requestOf({ ended, failure }) {
    const text = failure ? texts[failure[1]] : detail(ended, "output");
    return /"(?:requestId|RequestId)":\s*"([^"]+)"/.exec(text ?? "")?.[1] ?? /^RequestId: (\S+)/.exec(parse(text)?.errorMessage ?? "")?.[1];
  }
  const length = began === null || ended === null ? 1 : Math.max(ended - began, 1);
  const took = (ms) => {
    if (ms === null || Number.isNaN(ms)) return "";
    const s = ms / 1000;
    if (s < 1) return `${Math.round(ms)} ms`;
    if (s < 60) return `${s.toFixed(1)} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
    return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  };
  const parse = (text) => {
    try { return JSON.parse(text); } catch { return undefined; }
  };
  const nameOf = (visit) => states[visits[visit].state][0];
  const bad = (visit) => /^(failed|handled|deferred)$/.test(visits[visit].status);
  const chosen = { row: -1, visit: -1, event: -1 };
  const bodyRows = $$("#body tr");
  bodyRows.forEach((tr, n) => { tr.row = n; tr.append(el("td", "lane")); });

  // The lanes: what a visit did when, as [class, from, to, title].
  function spans(number) {
    const visit = visits[number];
    const { status, attempts } = visit;
    const [name, type] = states[visit.state];
    const from = at(visit.entered);
    const to = at(visit.exited) ?? (status === "running" || status === "unfinished" ? length : at(last(visit)));
    if (from === null || to === null) return [];
    if (type === "Wait") return [["wait", from, to, `${name}: waits ${took(to - from)}`]];
    if (type === "Map" || type === "Parallel") return [["state", from, to, `${name}: ${took(to - from)}`]];
    if (!attempts.length) return [[status === "handled" ? "failed" : status, from, to, `${name}: ${status}`]];
    const found = [];
    let pause = null;
    attempts.forEach((attempt, n) => {
      const start = at(attempt.scheduled);
      const stop = at(attempt.ended) ?? to;
      if (pause !== null) found.push(["off", pause, start, `${name}: backs off ${took(start - pause)}`]);
      found.push([calm(attempt.failure) ? "moved" : attempt.status, start, stop, `${name}, attempt ${n + 1}: ${attempt.failure?.[0] || attempt.status}, ${took(stop - start)}`]);
      pause = stop;
    });
    return found;
  }
  function lane(way, from, to, height = 18) {
    const picture = shape("svg", { role: "img", height });
    const width = Math.max(to - from, 1);
    const words = [];
    for (const visit of way) {
      for (const [kind, start, stop, title] of spans(visit)) {
        if (stop <= from || start > to) continue;
        const x = Math.max(0, ((start - from) / width) * 100);
        const w = Math.min(100 - x, ((stop - Math.max(start, from)) / width) * 100);
        if (w < 0.3 && kind === "ok" && !visits[visit].attempts.length) continue;
        const thin = kind === "wait" || kind === "off" || kind === "state";
        const y = thin ? height / 2 - 3 : 2;
        const bar = shape("rect", { class: `b-${kind}`, x: `${x}%`, y, width: `${Math.max(w, 0.35)}%`, height: thin ? 6 : height - 4, rx: 2, "data-v": visit });
        bar.append(shape("title", {}, title));
        picture.append(bar);
        words.push(title);
      }
    }
    picture.setAttribute("aria-label", words.join("; ") || "nothing happened");
    return picture;
  }
  // A symbol's own time begins with its first attempt: the wait before it can be as long as the run.
  function ownTime(way) {
    const tried = way.map((visit) => visits[visit]).find((visit) => visit.attempts.length);
    const first = at(tried ? tried.attempts[0].scheduled : way.length ? visits[way[0]].entered : -1);
    const end = Math.max(...way.map((visit) => at(last(visits[visit])) ?? 0), 0);
    return first === null ? [0, 1] : [first, Math.max(end, first + 1)];
  }
  let scale = "run";
  const longest = Math.max(1, ...rows.map((row) => { const [a, b] = ownTime(row[3]); return b - a; }));
  function drawLane(tr) {
    const cell = $(".lane", tr);
    if (cell.dataset.scale === scale) return;
    const way = rows[tr.row][3];
    const own = scale === "own" ? ownTime(way) : [0, length];
    cell.replaceChildren(lane(way, own[0], scale === "own" ? own[0] + longest : length));
    cell.dataset.scale = scale;
  }
  const near = new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && drawLane(one.target)), { root: $(".rows"), rootMargin: "300px" });
  function setScale(next) {
    scale = next;
    $("#axis").textContent = `0 – ${took(scale === "own" ? longest : length)}`;
    $$("#scale button").forEach((button) => button.setAttribute("aria-pressed", button.dataset.scale === scale));
    near.disconnect();
    bodyRows.forEach((tr) => near.observe(tr));
  }

  // The table: filter, and no more rows at once than a browser lays out without a pause.
  const ROOM = 200;
  let room = ROOM;
  function filter() {
    const text = ($("#filter")?.value ?? "").trim().toLowerCase();
    const kind = $("#kinds button[aria-pressed=true]");
    let shown = 0;
    bodyRows.forEach((tr) => {
      const row = rows[tr.row];
      const word = row[2] || (row[1] === "ok" ? "succeeded" : row[1]);
      const fits = (!text || tr.textContent.toLowerCase().includes(text)) && (!kind || kind.dataset.word === word);
      tr.classList.toggle("out", !fits);
      if (fits) shown += 1;
      tr.classList.toggle("late", fits && shown > room && tr.row !== chosen.row);
    });
    $("#none").hidden = shown > 0;
    $("#more").hidden = shown <= room;
    $("#more").textContent = `Show all ${shown.toLocaleString("en")}`;
  }
  const visible = () => bodyRows.filter((tr) => !tr.classList.contains("out") && !tr.classList.contains("late"));

  // Choosing one thing chooses it everywhere.
  function choose({ row = -1, visit = -1, event = -1 }, say = true) {
    if (event >= 0 && visit < 0) visit = events[event].visit;
    if (event >= 0 && row < 0) row = events[event].row;
    if (visit >= 0 && row < 0) row = visits[visit].row;
    if (row >= 0 && visit < 0) visit = rows[row][4] >= 0 ? rows[row][4] : (rows[row][3].at(-1) ?? -1);
    Object.assign(chosen, { row, visit, event });
    markTable();
    markGraph();
    drawDetails();
    markEvents();
    if (say) link();
  }
  function link() {
    const { row, visit, event } = chosen;
    let hash = "";
    if (event >= 0) hash = `#event=${events[event].id}`;
    else if (row >= 0) hash = `#symbol=${encodeURIComponent(rows[row][0])}${visit >= 0 ? `&state=${encodeURIComponent(nameOf(visit))}` : ""}`;
    else if (visit >= 0 && visits[visit].entered >= 0) hash = `#event=${events[visits[visit].entered].id}`;
    if (hash && hash !== location.hash) history.replaceState(null, "", hash);
  }
  function follow() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (wanted.has("event")) {
      const event = events.findIndex(({ id }) => String(id) === wanted.get("event"));
      if (event >= 0) return choose({ event }, false), true;
    }
    if (wanted.has("symbol")) {
      const row = rows.findIndex(([symbol]) => symbol === wanted.get("symbol"));
      if (row < 0) return false;
      const there = rows[row][3].filter((visit) => nameOf(visit) === wanted.get("state"));
      const visit = there.find(bad) ?? there.at(-1) ?? -1;
      return choose({ row, visit }, false), true;
    }
    return false;
  }
  function markTable() {
    bodyRows.forEach((tr) => {
      const on = tr.row === chosen.row;
      tr.classList.toggle("on", on);
      tr.toggleAttribute("aria-current", on);
      if (!on) return;
      tr.classList.remove("late");
      const box = $(".rows");
      const top = tr.offsetTop - 40;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + 90 > box.scrollTop + box.clientHeight) box.scrollTop = top + 90 - box.clientHeight;
    });
  }
  const shapes = $$(".st");
  const lines = $$(".ln");
  function markGraph() {
    const way = chosen.row >= 0 ? rows[chosen.row][3] : [];
    const reached = new Set(way.map((visit) => visits[visit].state));
    const around = new Set(chosen.row >= 0 && way.length ? [states[visits[way[0]].state][2]] : []);
    const steps = new Set();
    way.forEach((visit, n) => n && steps.add(`${visits[way[n - 1]].state}-${visits[visit].state}`));
    $(".machine").classList.toggle("picked", reached.size > 0);
    shapes.forEach((one) => {
      const state = +one.dataset.s;
      one.classList.toggle("on", chosen.visit >= 0 && visits[chosen.visit].state === state);
      one.classList.toggle("dim", reached.size > 0 && !reached.has(state) && around.has(states[state][2]));
    });
    lines.forEach((one) => one.classList.toggle("lit", (one.dataset.w ?? "").split(" ").some((pair) => steps.has(pair))));
  }

  // The details of the chosen visit.
  function button(text, act, cls) {
    const node = el("button", cls, text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }
  async function copy(text, from) {
    const before = from.textContent;
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    if (!done) return getSelection().selectAllChildren(from.previousSibling ?? from.parentNode);
    from.textContent = "Copied";
    setTimeout(() => { from.textContent = before; }, 1200);
  }
  const copier = (text, label = "Copy") => button(label, (event) => copy(text, event.currentTarget));
  const command = (text) => el("span", "cmd", el("code", "", text), copier(text));
  const block = (title, content, ...tools) => el("div", "block", el("h4", "", title, ...tools), content);
  function json(text) {
    const value = parse(text);
    const pretty = value === undefined ? text : JSON.stringify(value, null, 2);
    const pre = el("pre");
    pre.tabIndex = 0;
    if (value === undefined || pretty.length > 60000) {
      pre.textContent = pretty;
      return pre;
    }
    let done = 0;
    for (const match of pretty.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
      pre.append(pretty.slice(done, match.index), el("span", match[1] ? (match[2] ? "k" : "s") : "n", match[1] ?? match[0]), match[2] ?? "");
      done = match.index + match[0].length;
    }
    pre.append(pretty.slice(done));
    return pre;
  }
  function errorBox([error, causeText], calm) {
    const cause = texts[causeText];
    const told = parse(cause);
    const payload = told && typeof told === "object" ? told : {};
    const box = el("div", `error${calm ? " calm" : ""}`, el("b", "err", error || "no error name"), " ", String(payload.errorMessage ?? cause));
    const frames = payload.stackTrace ?? payload.trace;
    if (Array.isArray(frames) && frames.length) box.append(el("pre", "", trace(frames)));
    return box;
  }
  function tries(attempts) {
    const table = el("table", "tries");
    let pause = null;
    attempts.forEach((attempt, n) => {
      const { status, failure } = attempt;
      const start = at(attempt.scheduled);
      const stop = at(attempt.ended);
      const request = requestOf(attempt);
      if (pause !== null && start !== null) table.append(el("tr", "pause", el("td", "", "↻"), el("td", "", `backs off ${took(start - pause)}`)));
      table.append(el("tr", "", el("td", "", `${n + 1}`), el("td", "", pill(calm(failure) ? "moved" : status, failure ? failure[0] || "failed" : status)),
        el("td", "", start === null || stop === null ? "" : took(stop - start)), el("td", "hint", request ? `request ${request}` : "")));
      pause = stop;
    });
    return table;
  }
  // What a log line says of its place, which the page says already, and the trace a second time.
  const KNOWN = ["timestamp", "location", "service", "state", "execution", "symbol", "attempt", "function_request_id", "xray_trace_id", "exception_name", "stack_trace"];
  // Without the lines that only point at a part of the line above.
  const trace = (lines) => lines.map((line) => String(line).trimEnd()).join("\n").replace(/\n *[~^]+(?=\n|$)/g, "");
  function logLines(request) {
    const pre = el("pre", "log");
    pre.tabIndex = 0;
    for (const line of logs[request]) {
      const told = parse(line);
      if (told?._aws) pre.append(el("small", "", `metrics ${line}`), "\n");
      else if (told?.message !== undefined && told.level) {
        const { level, message, exception, ...rest } = told;
        KNOWN.forEach((name) => delete rest[name]);
        const more = Object.entries(rest).map(([name, value]) => `  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join("");
        pre.append(el("span", `lv ${level === "ERROR" || level === "CRITICAL" ? "failed err" : ""}`, level), ` ${typeof message === "string" ? message : JSON.stringify(message)}`, el("small", "", `${more}${exception ? `\n${trace([exception])}` : ""}`), "\n");
      } else pre.append(`${line}\n`);
    }
    return pre;
  }
  const MEANS = { handled: "It failed, and a Catch took the error", moved: "It waits for another slot", deferred: "It goes first in the next run", unfinished: "No exit from it is in the history" };
  function pill(kind, text = kind) {
    const node = el("span", `pill ${kind}`, text);
    node.title = MEANS[kind] ?? "";
    return node;
  }
  // No control character may come out of a paste into a terminal, and none may turn round what is read.
  const quote = (text) => `'${String(text).replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "").replaceAll("'", "'\\''")}'`;
  // The parameters are those that were sent: TestState has no execution around the state that paths could lead into.
  function testState(source, input, sent) {
    const state = JSON.stringify({ ...parse(source), Parameters: parse(sent) });
    const role = detail(0, "roleArn") ?? "<ARN of the workflow's role>";
    return `aws stepfunctions test-state --region ${String(arn).split(":")[3]} --role-arn ${quote(role)} --inspection-level DEBUG --definition ${quote(state)} --input ${quote(input)}`;
  }
  function versus(row) {
    const good = rows[row][5];
    const did = wrote[rows[row][0]];
    const parts = [];
    if (did) parts.push(`This run: ${did[0] ?? 0} rows added, ${did[1] ?? 0} changed, ${did[2] ?? 0} set aside${did[4] ? `; stored ${did[3]} to ${did[4]}` : ""}.`);
    for (const warning of did?.[5] ?? []) parts.push(String(warning));
    if (good) parts.push(`Last good run ${good[0]}${good[5] ? `, ${good[5]}` : ""}: ${good[1]}${good[2] === null ? "" : ` in ${took(good[2] * 1000)}`}, ${good[3]} rows added, ${good[4]} changed.`);
    return parts.length ? el("div", "", ...parts.map((part) => el("p", "", part))) : null;
  }
  function drawWay() {
    if (chosen.row < 0) return null;
    const way = rows[chosen.row][3];
    const [from, to] = ownTime(way);
    const steps = el("div", "steps");
    for (const visit of way) {
      const { state, status, attempts } = visits[visit];
      const again = attempts.length > 1 ? ` ↻${attempts.length - 1}` : "";
      const step = button(` ${states[state][0]}${again}`, () => choose({ row: chosen.row, visit }), status);
      if (visit === chosen.visit) step.setAttribute("aria-current", "step");
      steps.append(step);
    }
    const picture = lane(way, from, to, 22);
    picture.addEventListener("click", pickBar);
    return el("div", "way", steps, picture);
  }
  function drawDetails() {
    const box = $("#details");
    const { row, visit } = chosen;
    if (visit < 0 && row < 0) {
      const given = detail(0, "input");
      const gave = detail(events.length - 1, "output");
      box.replaceChildren(el("p", "hint", "Choose a state, a symbol or an event."), el("div", "two", given === undefined ? "" : block("Input of the run", json(given), copier(given)), gave === undefined ? "" : block("Output of the run", json(gave), copier(gave))));
      return;
    }
    if (visit < 0) {
      box.replaceChildren(...(row >= 0 ? [el("div", "head", el("h3", "", rows[row][0])), el("p", "hint", `${rows[row][2] || rows[row][1]}: no state was entered for it in this run.`), versus(row) ?? ""] : []));
      return;
    }
    const { state, entered, exited, status, attempts, failure } = visits[visit];
    const [name, type, where, source] = states[state];
    const parts = [];
    const from = at(entered);
    const to = at(exited) ?? at(last(visits[visit]));
    parts.push(el("div", "head", el("h3", "", row >= 0 ? `${rows[row][0]} · ${name}` : name), pill(status),
      el("span", "hint", `${type}${where ? ` in ${where}` : ""}${from === null ? "" : `, ${took(from)} after the start`}${from === null || to === null ? "" : `, took ${took(to - from)}`}`)));
    parts.push(drawWay());
    if (failure) parts.push(errorBox(failure, status === "moved" || status === "deferred"));
    const replayable = type === "Task" && attempts.length;
    const symbol = row >= 0 ? ` --symbol ${/^[\w.@%+=:,/-]+$/.test(rows[row][0]) ? rows[row][0] : quote(rows[row][0])}` : "";
    if (replayable && document.body.dataset.run) parts.push(block("Run this state again on this machine, with this very input", command(`stockflow replay ${document.body.dataset.run}${symbol} --state ${/^[\w-]+$/.test(name) ? name : quote(name)}`)));
    if (attempts.length > 1 || (attempts.length && failure)) parts.push(block(`Attempts (${attempts.length})`, tries(attempts)));
    const input = detail(entered, "input");
    const output = detail(exited, "output");
    const two = el("div", "two");
    if (input !== undefined) two.append(block("Input", json(input), copier(input)));
    if (output !== undefined) two.append(block("Output", json(output), copier(output)));
    parts.push(two);
    attempts.forEach((attempt, n) => {
      const request = requestOf(attempt);
      if (request && logs[request]?.length) parts.push(block(`Log of attempt ${n + 1}`, logLines(request)));
      else if (request && n === attempts.length - 1) parts.push(el("p", "hint block", `The log lines of request ${request} are not in this page.`));
    });
    const tried = attempts.at(-1)?.scheduled ?? -1;
    const given = detail(tried, "parameters") ?? detail(tried, "input");
    const fold = (title, content, ...tools) => el("details", "block", el("summary", "", title), ...tools, content);
    if (given !== undefined) parts.push(fold("What the function was given", json(given)));
    const compared = row >= 0 ? versus(row) : null;
    if (compared) parts.push(block("Rows, and the last good run", compared));
    if (given !== undefined && input !== undefined && "aws" in document.body.dataset) parts.push(fold("TestState command", command(testState(source, input, given))));
    parts.push(fold("Definition", json(source)));
    box.replaceChildren(...parts.filter(Boolean));
    // A trace ends with what raised the error.
    $$(".error pre", box).forEach((pre) => { pre.scrollTop = pre.scrollHeight; });
  }

  // All events, in groups of one visit each; only the rows in view are in the document.
  const list = $("#list");
  const HIGH = 27;
  const groups = [];
  const open = new Set();
  let flat = [];
  {
    events.forEach(({ visit, row }, n) => {
      if (visit >= 0 && row === visits[visit].row) {
        const known = groups[visits[visit].group];
        if (known) return known.events.push(n);
        visits[visit].group = groups.length;
      }
      groups.push({ visit, events: [n] });
    });
  }
  const say = (n) => {
    const { id, type, ms, visit, row, details } = events[n];
    const text = details.error ?? details.name ?? details.resource ?? "";
    return { id: `#${id}`, name: type, who: row >= 0 ? rows[row][0] : "", at: took(ms), text: String(long(text)).slice(0, 200), visit };
  };
  const hay = (group) => {
    group.hay ??= group.events.map((n) => { const one = say(n); return `${one.id} ${one.name} ${one.who} ${one.text} ${one.visit >= 0 ? nameOf(one.visit) : ""}`; }).join("\n").toLowerCase();
    return group.hay;
  };
  function flatten() {
    const text = $("#event-filter").value.trim().toLowerCase();
    const exact = /^#?\d+$/.test(text) ? new RegExp(`#${text.replace("#", "")} `) : null;
    const mine = $("#only-chosen").checked && chosen.row >= 0;
    flat = [];
    let shown = 0;
    groups.forEach((group, g) => {
      if (mine && events[group.events[0]].row !== chosen.row) return;
      if (text && !(exact ? exact.test(hay(group)) : hay(group).includes(text))) return;
      shown += group.events.length;
      if (group.events.length === 1) flat.push([group.events[0], -1]);
      else {
        flat.push([-1, g]);
        if (open.has(g)) group.events.forEach((n) => flat.push([n, g]));
      }
    });
    $("#event-count").textContent = `${shown.toLocaleString("en")} of ${events.length.toLocaleString("en")} events`;
    draw();
  }
  function line(place) {
    const [n, g] = flat[place];
    const row = el("div", "ev");
    row.setAttribute("role", "listitem");
    row.setAttribute("aria-setsize", flat.length);
    row.setAttribute("aria-posinset", place + 1);
    row.style.top = `${place * HIGH}px`;
    row.dataset.place = place;
    if (n < 0) {
      const group = groups[g];
      const { state, row: own, status, failure } = visits[group.visit];
      const first = group.events[0];
      const toggle = el("span", "nm", `${open.has(g) ? "▾" : "▸"} ${states[state][0]}`);
      toggle.setAttribute("role", "button");
      toggle.setAttribute("aria-expanded", open.has(g));
      row.append(el("span", "id", `#${events[first].id}–${events[group.events.at(-1)].id}`), el("span", "at", took(at(first))), toggle, el("span", "who", own >= 0 ? rows[own][0] : ""),
        pill(status), el("span", "tx", `${group.events.length} events${failure ? `, ${failure[0]}` : ""}`));
      row.classList.toggle("on", group.visit === chosen.visit && chosen.event < 0);
    } else {
      const one = say(n);
      row.classList.toggle("inside", g >= 0);
      row.append(el("span", "id", one.id), el("span", "at", one.at), el("span", "nm", one.name), el("span", "who", one.who), el("span", "tx", one.text));
      row.classList.toggle("on", n === chosen.event);
    }
    return row;
  }
  const spacer = el("div");
  function draw() {
    spacer.style.height = `${flat.length * HIGH}px`;
    const top = Math.min(list.scrollTop, Math.max(0, flat.length * HIGH - list.clientHeight));
    const first = Math.max(0, Math.floor(top / HIGH) - 8);
    const last = Math.min(flat.length, Math.ceil((top + list.clientHeight) / HIGH) + 8);
    const shown = [spacer];
    for (let place = first; place < last; place += 1) shown.push(line(place));
    list.replaceChildren(...shown);
  }
  function markEvents() {
    const { visit, event } = chosen;
    if (event >= 0 && visit >= 0 && visits[visit].group !== undefined) open.add(visits[visit].group);
    flatten();
    const place = flat.findIndex(([n, g]) => (event >= 0 ? n === event : n < 0 && groups[g].visit === visit));
    if (place >= 0) list.scrollTop = Math.max(0, place * HIGH - list.clientHeight / 3);
    draw();
  }

  // What hands do.
  function pickBar(event) {
    const bar = event.target.closest("[data-v]");
    if (bar) choose({ row: chosen.row, visit: +bar.dataset.v });
    return Boolean(bar);
  }
  function step(by, failing) {
    const shown = visible().filter((tr) => !failing || tr.classList.contains("failed") || tr.classList.contains("handled"));
    if (!shown.length) return;
    const now = shown.findIndex((tr) => tr.row === chosen.row);
    const next = failing ? (now + 1) % shown.length : now < 0 ? 0 : Math.min(Math.max(now + by, 0), shown.length - 1);
    choose({ row: shown[next].row });
  }
  $("#body")?.addEventListener("click", (event) => {
    const tr = event.target.closest("tr");
    event.preventDefault();
    const bar = event.target.closest("[data-v]");
    choose({ row: tr.row, visit: bar ? +bar.dataset.v : -1 });
  });
  function chooseState(state) {
    const here = (visit) => visits[visit].state === state;
    const way = chosen.row >= 0 ? rows[chosen.row][3] : [];
    const all = [...visits.keys()];
    const visit = way.find((one) => here(one) && bad(one)) ?? way.find(here) ?? all.find((one) => here(one) && bad(one)) ?? all.find(here);
    if (visit !== undefined) return choose({ visit });
    Object.assign(chosen, { row: -1, visit: -1, event: -1 });
    markTable(); markGraph(); markEvents();
    $("#details").replaceChildren(el("div", "head", el("h3", "", states[state][0]), pill("none", "not reached"), el("span", "hint", states[state][1])), block("Definition", json(states[state][3])));
  }
  shapes.forEach((one) => {
    one.tabIndex = 0;
    one.setAttribute("role", "button");
    one.addEventListener("click", () => chooseState(+one.dataset.s));
    one.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      chooseState(+one.dataset.s);
    });
  });
  list.addEventListener("scroll", draw, { passive: true });
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".ev");
    if (!row) return;
    const [n, g] = flat[+row.dataset.place];
    const top = list.scrollTop;
    if (n >= 0) choose({ event: n });
    else {
      if (open.has(g)) open.delete(g);
      else open.add(g);
      choose({ visit: groups[g].visit });
    }
    list.scrollTop = top;
    draw();
  });
  $("#event-filter").addEventListener("input", flatten);
  $("#only-chosen").addEventListener("change", flatten);
  $("#filter")?.addEventListener("input", filter);
  $("#more")?.addEventListener("click", () => { room = Infinity; filter(); });
  $$("#kinds button").forEach((one) => one.addEventListener("click", () => {
    const on = one.getAttribute("aria-pressed") !== "true";
    $$("#kinds button").forEach((other) => other.setAttribute("aria-pressed", other === one && on));
    filter();
  }));
  $$("#scale button").forEach((one) => one.addEventListener("click", () => setScale(one.dataset.scale)));
  $$(".copy").forEach((one) => one.addEventListener("click", () => copy(one.previousSibling.textContent, one)));
  $("#wide").addEventListener("click", (event) => {
    const on = $(".panes").classList.toggle("wide");
    event.currentTarget.setAttribute("aria-pressed", on);
  });
  $("#theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "Escape") {
      if (typing) event.target.blur();
      if ($("#filter")) $("#filter").value = "";
      choose({}, false);
      history.replaceState(null, "", location.pathname);
      $$("#kinds button").forEach((one) => one.setAttribute("aria-pressed", false));
      if (bodyRows.length) filter();
      return;
    }
    if (typing) return;
    const keys = {
      j: () => step(1),
      k: () => step(-1),
      f: () => step(1, true),
      "/": () => ($("#filter") ?? $("#event-filter")).focus(),
      Enter: () => /^(A|BUTTON|SUMMARY)$/.test(event.target.tagName) || $("#visit").focus(),
    };
    if (!keys[event.key]) return;
    if (keys[event.key]() !== true) event.preventDefault();
  });

  document.body.append(shape("svg", { width: 0, height: 0, "aria-hidden": "true" }, shape("pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    shape("rect", { width: 2, height: 5, class: "hatch" }))));
  spacer.setAttribute("aria-hidden", "true");
  if (bodyRows.length) { filter(); setScale(longest * 8 < length ? "own" : "run"); }
  root.classList.add("js");
  if (!follow()) {
    if (cause >= 0 && visits[cause].row < 0) choose({ visit: cause }, false);
    else if (rows.length && rows[0][4] >= 0) choose({ row: 0 }, false);
    else if (cause >= 0) choose({ visit: cause }, false);
    else choose({}, false);
  }
  root.dataset.ready = Math.round(performance.now());
})();
