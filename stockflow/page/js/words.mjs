/** Sentences, and amounts in words. */

/** @import { LastGood, Run, Wrote } from "./run.mjs" */

import { lastEvent } from "./run.mjs";

/** A duration in the unit that fits. @param {number | null} ms */
export function took(ms) {
  if (ms === null || Number.isNaN(ms)) return "";
  const seconds = ms / 1000;
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** @param {number} count */
export const inThousands = (count) => count.toLocaleString("en");

/** What this run wrote of a symbol, and what its last good run did. @param {Run} run @param {number} row */
export function comparison(run, row) {
  const { symbol, good } = run.rows[row];
  const wrote = run.wrote.get(symbol);
  const sentences = wrote ? [...rowsInWords(wrote), ...wrote.warnings.map(String)] : [];
  if (good) sentences.push(goodInWords(good, wrote?.added !== null));
  return sentences;
}

/** @param {Wrote} wrote */
function rowsInWords({ added, changed, rejected, first, last }) {
  if (added === null) return [];
  const stored = last ? `; stored ${first} to ${last}` : "";
  return [`This run: ${added} rows added, ${changed} changed, ${rejected} set aside${stored}.`];
}

/** @param {LastGood} good @param {boolean} withRows */
function goodInWords({ execution, day, status, seconds, added, changed }, withRows) {
  const when = day ? `, ${day}` : "";
  const time = seconds === null ? "" : ` in ${took(seconds * 1000)}`;
  const rows = withRows ? `, ${added} rows added, ${changed} changed` : "";
  return `Last good run ${execution}${when}: ${status}${time}${rows}.`;
}

/** A visit's type and place, when it began and how long it took. @param {Run} run @param {number} number */
export function visitInWords(run, number) {
  const visit = run.visits[number];
  const { type, where } = run.stateOf(number);
  const from = run.at(visit.entered);
  const to = run.at(visit.exited) ?? run.at(lastEvent(visit));
  const after = from === null ? "" : `, ${took(from)} after the start`;
  const length = from === null || to === null ? "" : `, took ${took(to - from)}`;
  return `${type}${where ? ` in ${where}` : ""}${after}${length}`;
}
