/**
 * All events in groups of one visit each, and the search in them.
 *
 * @import { Event, Run } from "./run.mjs"
 *
 * @typedef {{visit: number, events: number[], hay?: string}} Group `hay` is what is searched, once it was.
 * @typedef {{event: number, group: number}} Line An event; of a group's head the event, outside of every group the
 *   group is -1.
 * @typedef {{text: string, row: number}} Wanted `row` is -1 where any will do.
 */

import { took } from "./words.mjs";

const MOST_TEXT = 200;

export class Groups {
  /** @type {Group[]} */
  #groups = [];
  /** @type {number[]} */
  #ofVisit;
  #run;
  /** @type {Set<number>} */
  open = new Set();

  /** @param {Run} run */
  constructor(run) {
    this.#run = run;
    this.#ofVisit = run.visits.map(() => -1);
    run.events.forEach((event, n) => {
      this.#add(event, n);
    });
  }

  /** @param {Event} event @param {number} number */
  #add({ visit, row }, number) {
    const own = visit >= 0 && row === this.#run.visits[visit].row;
    const known = own ? this.#ofVisit[visit] : -1;
    if (known >= 0) {
      this.#groups[known].events.push(number);
      return;
    }
    if (own) this.#ofVisit[visit] = this.#groups.length;
    this.#groups.push({ visit, events: [number] });
  }

  /** @param {number} group */
  at(group) {
    return this.#groups[group];
  }

  /** @param {number} group */
  toggle(group) {
    if (!this.open.delete(group)) this.open.add(group);
  }

  /** Opens the group of a visit's events. @param {number} visit */
  openVisit(visit) {
    const group = this.#ofVisit[visit];
    if (group >= 0) this.open.add(group);
  }

  /** The lines that are wanted, and how many events those stand for. @param {Wanted} wanted */
  find(wanted) {
    const fits = this.#matcher(wanted);
    /** @type {Line[]} */
    const lines = [];
    let count = 0;
    this.#groups.forEach(({ events }, group) => {
      if (!fits(group)) return;
      count += events.length;
      for (const line of this.#linesOf(group)) lines.push(line);
    });
    return { lines, count };
  }

  /** @param {number} group @returns {Line[]} */
  #linesOf(group) {
    const { events } = this.#groups[group];
    if (events.length === 1) return [{ event: events[0], group: -1 }];
    const inside = this.open.has(group) ? events.map((event) => ({ event, group })) : [];
    return [{ event: -1, group }, ...inside];
  }

  /** @param {Wanted} wanted @returns {(group: number) => boolean} */
  #matcher({ text, row }) {
    const number = /^#?(\d+)$/.exec(text)?.[1];
    const exact = number && new RegExp(`#${number} `);
    return (group) => {
      if (row >= 0 && this.#run.events[this.#groups[group].events[0]].row !== row) return false;
      if (!text) return true;
      return exact ? exact.test(this.#hay(group)) : this.#hay(group).includes(text);
    };
  }

  /** @param {number} number */
  #hay(number) {
    const group = this.#groups[number];
    group.hay ??= group.events
      .map((event) => hayOf(this.#run, event))
      .join("\n")
      .toLowerCase();
    return group.hay;
  }
}

/** @param {Run} run @param {number} event */
function hayOf(run, event) {
  const { id, name, symbol, text } = eventInWords(run, event);
  const { visit } = run.events[event];
  return `${id} ${name} ${symbol} ${text} ${visit >= 0 ? run.stateOf(visit).name : ""}`;
}

/** What the line of an event says. @param {Run} run @param {number} event */
export function eventInWords(run, event) {
  const { id, type, ms, row, details } = run.events[event];
  const text = String(details.error ?? details.name ?? details.resource ?? "").slice(0, MOST_TEXT);
  return { id: `#${id}`, name: type, symbol: symbolOf(run, row), at: took(ms), text };
}

/** What the head of a group says. @param {Run} run @param {Group} group */
export function groupInWords(run, { visit, events }) {
  const { row, failure } = run.visits[visit];
  const [first, last] = [events[0], events[events.length - 1]];
  return {
    id: `#${run.events[first].id}–${run.events[last].id}`,
    name: run.stateOf(visit).name,
    symbol: symbolOf(run, row),
    at: took(run.at(first)),
    text: `${events.length} events${failure ? `, ${failure.error}` : ""}`,
  };
}

/** @param {Run} run @param {number} row */
const symbolOf = (run, row) => (row >= 0 ? run.rows[row].symbol : "");
