/** The details of what is chosen: a visit, a symbol without one, a state that was not reached, or the run. */

/**
 * @import { Choice, Chosen } from "../choice.mjs"
 * @import { Part } from "../json.mjs"
 * @import { Attempt, Failure, Run, Visit } from "../run.mjs"
 */

import { requestOf, tries } from "../attempts.mjs";
import { replay, showShard, testState } from "../commands.mjs";
import { highlight, parseObject } from "../json.mjs";
import { logLine, trace } from "../logs.mjs";
import { ownTime } from "../spans.mjs";
import { comparison, visitInWords } from "../words.mjs";
import { all, around, block, button, command, copier, el, find, fold, pill, pre } from "./elements.mjs";
import { lane } from "./lanes.mjs";
import { measuredBlock } from "./measured.mjs";

const WAY_HIGH = 22;
/** @type {Part} */
const NEW_LINE = ["\n"];

export class Details {
  #run;
  #choice;
  #box = find("#details");

  /** @param {Run} run @param {Choice} choice */
  constructor(run, choice) {
    this.#run = run;
    this.#choice = choice;
    choice.tell((chosen) => this.#draw(chosen));
  }

  /** @param {Chosen} chosen */
  #draw(chosen) {
    const parts = this.#parts(chosen).filter((part) => part !== null);
    this.#box.replaceChildren(...parts);
    // A trace ends with what raised the error.
    for (const shown of all(".error pre", this.#box)) shown.scrollTop = shown.scrollHeight;
  }

  /** @param {Chosen} chosen */
  #parts({ row, visit, state }) {
    if (visit >= 0) return this.#visit(row, visit);
    if (state >= 0) return unreached(this.#run, state);
    return row >= 0 ? unentered(this.#run, row) : whole(this.#run);
  }

  /** @param {number} row @param {number} number */
  #visit(row, number) {
    const run = this.#run;
    const visit = run.visits[number];
    return [
      head(run, row, number),
      row >= 0 ? this.#way(row, number) : null,
      measuredOf(run, row),
      visit.failure && errorBox(visit.failure, visit.status === "moved" || visit.status === "deferred"),
      replayBlock(run, row, visit),
      attemptsBlock(run, visit),
      el("div", "two", ...texts(run, "Input", visit.entered, "input"), ...texts(run, "Output", visit.exited, "output")),
      ...visit.attempts.map((attempt, n) => logBlock(run, attempt, n, visit.attempts.length)),
      givenBlock(run, visit),
      versusBlock(run, row),
      testStateBlock(run, visit),
      fold("Definition", json(run.states[visit.state].source)),
    ];
  }

  /** The visits of the row, to choose another. @param {number} row @param {number} now */
  #way(row, now) {
    const { way } = this.#run.rows[row];
    const picture = lane(this.#run, way, ...ownTime(this.#run, way), WAY_HIGH);
    picture.addEventListener("click", (event) => {
      const bar = around(event, "[data-v]");
      if (bar) this.#choice.choose({ row, visit: Number(bar.dataset.v) });
    });
    const steps = way.map((visit) => this.#step(row, visit, visit === now));
    return el("div", "way", el("div", "steps", ...steps), picture);
  }

  /** @param {number} row @param {number} visit @param {boolean} current */
  #step(row, visit, current) {
    const { status, attempts } = this.#run.visits[visit];
    const again = attempts.length > 1 ? ` ↻${attempts.length - 1}` : "";
    const name = ` ${this.#run.stateOf(visit).name}${again}`;
    const step = button(name, () => this.#choice.choose({ row, visit }), status);
    if (current) step.setAttribute("aria-current", "step");
    return step;
  }
}

/** @param {string} title @param {Node[]} more */
const heading = (title, ...more) => el("div", "head", el("h3", "", title), ...more);

/** @param {string} text */
const json = (text) => pre("", highlight(text));

/** @param {Run} run @param {number} state */
function unreached(run, state) {
  const { name, type, source } = run.states[state];
  const title = heading(name, pill("none", "not reached"), el("span", "hint", type));
  return [title, block("Definition", json(source))];
}

/** @param {Run} run @param {number} row */
function unentered(run, row) {
  const { symbol, outcome, status, shard } = run.rows[row];
  if (shard) return inShard(run, row);
  const hint = `${outcome || status}: no state was entered for it in this run.`;
  return [heading(symbol), el("p", "hint", hint), measuredOf(run, row), versusList(run, row)];
}

/** A symbol of a shard whose history is not in the page. @param {Run} run @param {number} row */
function inShard(run, row) {
  const { symbol, outcome, status, shard } = run.rows[row];
  const hint = `${outcome || status}: what it went through is in the history of shard ${shard}, which is not in this page.`;
  const line = command(showShard(document.body.dataset.run || "RUN", shard));
  return [heading(symbol), el("p", "hint", hint), block("The page of that shard", line), versusList(run, row)];
}

/** @param {Run} run */
function whole(run) {
  const last = run.events.findLastIndex(({ id }) => typeof id === "number"); // others are of its shards
  const given = [...texts(run, "Input of the run", 0, "input"), ...texts(run, "Output of the run", last, "output")];
  const hint = `Choose a state, one of the ${document.body.dataset.noun}s, or an event.`;
  return [el("p", "hint", hint), el("div", "two", ...given)];
}

/**
 * A block of the event's text, where there is one.
 *
 * @param {Run} run
 * @param {string} title
 * @param {number} event
 * @param {string} name
 */
function texts(run, title, event, name) {
  const text = run.text(event, name);
  return text === undefined ? [] : [block(title, json(text), copier(text))];
}

/** @param {Run} run @param {number} row @param {number} visit */
function head(run, row, visit) {
  const { name } = run.stateOf(visit);
  const title = row >= 0 ? `${run.rows[row].symbol} · ${name}` : name;
  return heading(title, pill(run.visits[visit].status), el("span", "hint", visitInWords(run, visit)));
}

/** @param {Failure} failure @param {boolean} calm */
function errorBox({ error, cause }, calm) {
  const payload = parseObject(cause);
  const message = String(payload.errorMessage ?? cause);
  const box = el("div", `error${calm ? " calm" : ""}`, el("b", "err", error || "no error name"), " ", message);
  const frames = payload.stackTrace ?? payload.trace;
  if (Array.isArray(frames) && frames.length) box.append(el("pre", "", trace(frames)));
  return box;
}

/** @param {Run} run @param {number} row @param {Visit} visit */
function replayBlock(run, row, { state, attempts }) {
  const { name, type } = run.states[state];
  const reference = document.body.dataset.run;
  if (type !== "Task" || !attempts.length || !reference) return null;
  const line = replay(reference, row >= 0 ? run.rows[row].symbol : "", name);
  return block("Run this state again on this machine, with this exact input", command(line));
}

/** @param {Run} run @param {Visit} visit */
function attemptsBlock(run, { attempts, failure }) {
  if (attempts.length < 2 && !(attempts.length && failure)) return null;
  const table = el("table", "tries");
  tries(run, attempts).forEach((one, n) => {
    if (one.pause) table.append(el("tr", "pause", el("td", "", "↻"), el("td", "", `backs off ${one.pause}`)));
    const status = el("td", "", pill(one.status, one.word));
    const request = el("td", "hint", one.request ? `request ${one.request}` : "");
    table.append(el("tr", "", el("td", "", `${n + 1}`), status, el("td", "", one.took), request));
  });
  return block(`Attempts (${attempts.length})`, table);
}

/** @param {Run} run @param {Attempt} attempt @param {number} n @param {number} count */
function logBlock(run, attempt, n, count) {
  const request = requestOf(run, attempt);
  if (!request) return null;
  const parts = (run.logs[request] ?? []).flatMap((line) => [...logLine(line), NEW_LINE]);
  if (parts.length) return block(`Log of attempt ${n + 1}`, pre("log", parts));
  return n < count - 1 ? null : el("p", "hint block", `The log lines of request ${request} are not in this page.`);
}

/** What the last attempt sent to the function. @param {Run} run @param {Visit} visit */
function given(run, { attempts }) {
  const tried = attempts.at(-1)?.scheduled ?? -1;
  return run.text(tried, "parameters") ?? run.text(tried, "input");
}

/** @param {Run} run @param {Visit} visit */
function givenBlock(run, visit) {
  const sent = given(run, visit);
  return sent === undefined ? null : fold("What the function received", json(sent));
}

/** @param {Run} run @param {number} row */
function measuredOf(run, row) {
  const measured = run.measured.get(row);
  return measured ? measuredBlock(measured) : null;
}

/** @param {Run} run @param {number} row */
function versusBlock(run, row) {
  const list = row >= 0 ? versusList(run, row) : null;
  return list && block("This run, and the last good one", list);
}

/** @param {Run} run @param {number} row */
function versusList(run, row) {
  const sentences = comparison(run, row);
  return sentences.length ? el("div", "", ...sentences.map((sentence) => el("p", "", sentence))) : null;
}

/** @param {Run} run @param {Visit} visit */
function testStateBlock(run, visit) {
  const sent = given(run, visit);
  const input = run.text(visit.entered, "input");
  if (sent === undefined || input === undefined || !("aws" in document.body.dataset)) return null;
  return fold("TestState command", command(testState(run, run.states[visit.state].source, input, sent)));
}
