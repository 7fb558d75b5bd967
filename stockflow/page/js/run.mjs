/**
 * A run as the page works on it: events, visits and rows, out of the columns that page_data.py packs.
 *
 * Visits, events and rows are known by their number, and -1 is none.
 *
 * @import { PackedMeasured } from "./measured.mjs"
 *
 * @typedef {{error: string, cause: string}} Failure
 * @typedef {{scheduled: number, started: number, ended: number, status: string, failure: Failure | null}} Attempt
 * @typedef {{name: string, type: string, where: string, source: string}} State
 * @typedef {string | number | boolean | null} Detail
 * @typedef {{id: string | number, type: string, ms: number | null, visit: number, row: number,
 *   details: Record<string, Detail>}} Event `ms` counts from the beginning of the run.
 * @typedef {{state: number, row: number, status: string, events: number[], entered: number, exited: number,
 *   attempts: Attempt[], failure: Failure | null}} Visit
 * @typedef {{execution: string, status: string, seconds: number | null, added: number, changed: number,
 *   day: string}} LastGood
 * @typedef {{symbol: string, status: string, outcome: string, way: number[], failed: number,
 *   good: LastGood | null, shard: string}} Row `way` holds the symbol's visits in order, `failed` is the one that failed;
 *   `shard` is the name of the shard that it is in where that one's history is not in the page.
 * @typedef {{added: number | null, changed: number, rejected: number, first: string | null, last: string | null,
 *   warnings: string[]}} Wrote `added` is null of an item whose workflow adds no rows.
 *
 * @typedef {[error: string, cause: number]} PackedFailure The cause is the number of its text.
 * @typedef {[scheduled: number, started: number, ended: number, status: string, failure?: PackedFailure]} PackedAttempt
 * @typedef {{types: string[], id: (string | number)[], type: number[], ms: (number | null)[],
 *   visit: number[], details: Record<string, Detail | [number]>[], row: number[]}} PackedEvents
 * @typedef {{state: number[], row: number[], status: number[], statuses: string[], entered: number[], exited: number[],
 *   attempts: PackedAttempt[][], failure: Record<number, PackedFailure>}} PackedVisits
 * @typedef {[execution: string, status: string, seconds: number | null, added: number, changed: number,
 *   day: string]} PackedGood
 * @typedef {[symbol: string, status: string, outcome: string, way: number[], failed: number,
 *   good: PackedGood | 0, shard?: string]} PackedRow
 * @typedef {[added: number | null, changed: number | null, rejected: number | null, first: string | null,
 *   last: string | null, warnings: string[] | null]} PackedWrote
 * @typedef {{began: number | null, ended: number | null, arn: string | null, cause: number, calm: string[],
 *   states: [name: string, type: string, where: string, source: string][], events: PackedEvents, visits: PackedVisits,
 *   rows: PackedRow[], wrote: Record<string, PackedWrote>, logs: Record<string, string[]>, texts: string[],
 *   measured: Record<string, PackedMeasured>}} Packed
 */

import { unpackMeasured } from "./measured.mjs";

export class Run {
  #calm;

  /** @param {Packed} packed */
  constructor(packed) {
    const { began, ended } = packed;
    this.length = began === null || ended === null ? 1 : Math.max(ended - began, 1);
    this.arn = packed.arn;
    this.cause = packed.cause;
    this.logs = packed.logs;
    this.states = packed.states.map(([name, type, where, source]) => ({ name, type, where, source }));
    this.rows = packed.rows.map(unpackRow);
    this.events = unpackEvents(packed.events, packed.texts);
    this.visits = unpackVisits(packed.visits, this.events, packed.texts);
    setRows(this.events, this.visits, packed.events.row);
    this.wrote = new Map(Object.entries(packed.wrote).map(([symbol, wrote]) => [symbol, unpackWrote(wrote)]));
    this.measured = new Map(Object.entries(packed.measured).map(([row, text]) => [Number(row), unpackMeasured(text)]));
    this.#calm = new Set(packed.calm);
  }

  /** When the event was, in milliseconds from the beginning. @param {number} event */
  at(event) {
    return event < 0 ? null : this.events[event].ms;
  }

  /** What the event says of itself under that name. @param {number} event @param {string} name */
  detail(event, name) {
    return event < 0 ? undefined : this.events[event].details[name];
  }

  /** The detail where it is a text. @param {number} event @param {string} name */
  text(event, name) {
    const value = this.detail(event, name);
    return value === undefined ? undefined : String(value);
  }

  /** @param {number} visit */
  stateOf(visit) {
    return this.states[this.visits[visit].state];
  }

  /** Whether the error is no failure once a Catch took it. @param {Failure | null} failure */
  isCalm(failure) {
    return failure !== null && this.#calm.has(failure.error);
  }

  /** @param {number} visit */
  isBad(visit) {
    return /^(failed|handled|deferred)$/.test(this.visits[visit].status);
  }
}

/** The number of the visit's last event. @param {Visit} visit */
export const lastEvent = (visit) => visit.events.at(-1) ?? -1;

/** @param {PackedRow} packed @returns {Row} */
function unpackRow([symbol, status, outcome, way, failed, good, shard = ""]) {
  return { symbol, status, outcome, way, failed, good: good ? unpackGood(good) : null, shard };
}

/** @param {PackedGood} packed @returns {LastGood} */
function unpackGood([execution, status, seconds, added, changed, day]) {
  return { execution, status, seconds, added, changed, day };
}

/** @param {PackedWrote} packed @returns {Wrote} */
function unpackWrote([added, changed, rejected, first, last, warnings]) {
  return {
    added,
    changed: changed ?? 0,
    rejected: rejected ?? 0,
    first,
    last,
    warnings: [...(warnings ?? [])],
  };
}

/** @param {PackedEvents} packed @param {string[]} texts @returns {Event[]} */
function unpackEvents(packed, texts) {
  const unfold = unfolder(texts);
  let now = 0;
  return packed.type.map((type, n) => {
    const since = packed.ms[n];
    now += since ?? 0;
    const id = packed.id[n] ?? n + 1;
    const ms = since === null ? null : now;
    return { id, type: packed.types[type], ms, visit: packed.visit[n], row: -1, details: unfold(packed.details[n]) };
  });
}

/**
 * Puts the long texts back into details: `[0]` is the next text that was not used yet, `[n]` the one used n texts ago.
 *
 * @param {string[]} texts
 * @returns {(details: Record<string, Detail | [number]>) => Record<string, Detail>}
 */
function unfolder(texts) {
  let used = 0;
  const text = (/** @type {number} */ ago) => texts[ago ? used - ago : used++];
  return (details) => {
    for (const key in details) {
      const value = details[key];
      if (Array.isArray(value)) details[key] = text(value[0]);
    }
    return /** @type {Record<string, Detail>} */ (details);
  };
}

/** @param {PackedVisits} packed @param {Event[]} events @param {string[]} texts @returns {Visit[]} */
function unpackVisits(packed, events, texts) {
  /** @type {number[][]} */
  const own = packed.state.map(() => []);
  events.forEach(({ visit }, n) => {
    if (visit >= 0) own[visit].push(n);
  });
  return packed.state.map((state, n) => {
    const event = (/** @type {number} */ place) => (place < 0 ? -1 : own[n][place]);
    return {
      state,
      row: packed.row[n],
      status: packed.statuses[packed.status[n]],
      events: own[n],
      entered: event(packed.entered[n]),
      exited: event(packed.exited[n]),
      attempts: packed.attempts[n].map((attempt) => unpackAttempt(attempt, event, texts)),
      failure: unpackFailure(packed.failure[n], texts),
    };
  });
}

/** @param {PackedAttempt} packed @param {(place: number) => number} event @param {string[]} texts @returns {Attempt} */
function unpackAttempt([scheduled, started, ended, status, failure], event, texts) {
  return {
    scheduled: event(scheduled),
    started: event(started),
    ended: event(ended),
    status,
    failure: unpackFailure(failure, texts),
  };
}

/** @param {PackedFailure | undefined} packed @param {string[]} texts @returns {Failure | null} */
function unpackFailure(packed, texts) {
  return packed ? { error: packed[0], cause: texts[packed[1]] } : null;
}

/**
 * An event belongs to its visit's row, but for those that `exceptions` names, as pairs of event and row.
 *
 * @param {Event[]} events
 * @param {Visit[]} visits
 * @param {number[]} exceptions
 */
function setRows(events, visits, exceptions) {
  for (const event of events) {
    if (event.visit >= 0) event.row = visits[event.visit].row;
  }
  for (let n = 0; n < exceptions.length; n += 2) events[exceptions[n]].row = exceptions[n + 1];
}
