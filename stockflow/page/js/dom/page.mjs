/** The page of a run: what its script does. The document has graph, causes and table already; this makes them work. */

import { Choice, first, linked } from "../choice.mjs";
import { Run } from "../run.mjs";
import { read } from "./data.mjs";
import { Details } from "./details.mjs";
import { all, copy, find, shape } from "./elements.mjs";
import { EventList } from "./events.mjs";
import { Graph } from "./graph.mjs";
import { listen } from "./keys.mjs";
import { Lanes } from "./lanes.mjs";
import { Table } from "./table.mjs";

const root = document.documentElement;

async function start() {
  const run = new Run(await read(find("#data")));
  const choice = new Choice(run, write);
  addHatching();
  // They are notified of a choice in this order.
  const table = showRows(run, choice);
  new Graph(run, choice);
  new Details(run, choice);
  new EventList(run, choice);
  listen(choice, table);
  addButtons();
  root.classList.add("js");
  addEventListener("hashchange", () => follow(run, choice));
  if (!follow(run, choice)) choice.show(first(run));
  root.dataset.ready = String(Math.round(performance.now()));
}

/** @param {Run} run @param {Choice} choice */
function showRows(run, choice) {
  const rows = all("#body tr");
  if (!rows.length) return null;
  const lanes = new Lanes(run, rows);
  const table = new Table(run, choice, rows);
  table.filter();
  lanes.begin();
  return table;
}

/** Chooses what the address names; whether it is there. @param {Run} run @param {Choice} choice */
function follow(run, choice) {
  const wanted = linked(run, new URLSearchParams(location.hash.slice(1)));
  if (wanted) choice.show(wanted);
  return wanted !== null;
}

/** @param {string} link */
function write(link) {
  if (link !== location.hash) history.replaceState(null, "", link);
}

function addButtons() {
  for (const one of all(".copy"))
    one.addEventListener("click", () => copy(one.previousSibling?.textContent ?? "", one));
  const wide = find("#wide");
  wide.addEventListener("click", () => {
    wide.ariaPressed = String(find(".panes").classList.toggle("wide"));
  });
  find("#theme").addEventListener("click", () => {
    const theme = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = theme === "dark" ? "light" : "dark";
  });
}

/** What back-offs are filled with. */
function addHatching() {
  const pattern = { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const stripes = shape("pattern", pattern, shape("rect", { width: 2, height: 5, class: "hatch" }));
  document.body.append(shape("svg", { width: 0, height: 0, "aria-hidden": "true" }, stripes));
}

start();
