/**
 * What is chosen: one thing, and with it what belongs to it; and the links that choose it.
 *
 * @import { Run } from "./run.mjs"
 *
 * @typedef {{row: number, visit: number, event: number, state: number}} Chosen `state` is that of no visit: one that
 *   was not reached.
 */

/** @type {Chosen} */
export const NOTHING = { row: -1, visit: -1, event: -1, state: -1 };

/**
 * Adds the event's visit, the visit's row, the row's visit.
 *
 * @param {Run} run
 * @param {Partial<Chosen>} part
 * @returns {Chosen}
 */
export function complete(run, part) {
  let { row, visit, event, state } = { ...NOTHING, ...part };
  if (event >= 0 && visit < 0) visit = run.events[event].visit;
  if (event >= 0 && row < 0) row = run.events[event].row;
  if (visit >= 0 && row < 0) row = run.visits[visit].row;
  if (row >= 0 && visit < 0) visit = meantBy(run, row);
  return { row, visit, event, state };
}

/** The visit that failed, or the last one. @param {Run} run @param {number} row */
function meantBy(run, row) {
  const { failed, way } = run.rows[row];
  return failed >= 0 ? failed : (way.at(-1) ?? -1);
}

/** The address of what is chosen, or empty. @param {Run} run @param {Chosen} chosen */
export function linkTo(run, { row, visit, event }) {
  if (event >= 0) return `#event=${run.events[event].id}`;
  if (row >= 0) {
    const state = visit >= 0 ? `&state=${encodeURIComponent(run.stateOf(visit).name)}` : "";
    return `#symbol=${encodeURIComponent(run.rows[row].symbol)}${state}`;
  }
  const entered = visit >= 0 ? run.visits[visit].entered : -1;
  return entered >= 0 ? `#event=${run.events[entered].id}` : "";
}

/**
 * What a link chooses, or null if it names nothing that exists.
 *
 * @param {Run} run
 * @param {{get(name: string): string | null}} link its parts: event, or symbol and state
 * @returns {Partial<Chosen> | null}
 */
export function linked(run, link) {
  const id = link.get("event");
  const event = id === null ? -1 : run.events.findIndex((one) => String(one.id) === id);
  if (event >= 0) return { event };
  const row = run.rows.findIndex(({ symbol }) => symbol === link.get("symbol"));
  if (row < 0) return null;
  const there = run.rows[row].way.filter((visit) => run.stateOf(visit).name === link.get("state"));
  return { row, visit: there.find((visit) => run.isBad(visit)) ?? there.at(-1) ?? -1 };
}

/**
 * What is chosen where no link says it: what went wrong first, else the first text that was measured.
 *
 * @param {Run} run
 * @returns {Partial<Chosen>}
 */
export function first({ cause, visits, rows, measured }) {
  if (cause >= 0 && visits[cause].row < 0) return { visit: cause };
  if (rows.length && rows[0].failed >= 0) return { row: 0 };
  if (cause >= 0) return { visit: cause };
  return measured.size ? { row: Math.min(...measured.keys()) } : {};
}

/**
 * A state's visit: the chosen symbol's, else anybody's; one that went wrong before another.
 *
 * @param {Run} run
 * @param {number} state
 * @param {number} row
 * @returns {Partial<Chosen>}
 */
export function inState(run, state, row) {
  const here = (/** @type {number} */ visit) => run.visits[visit].state === state;
  const way = (row >= 0 ? run.rows[row].way : []).filter(here);
  const all = way.length ? way : [...run.visits.keys()].filter(here);
  const visit = all.find((one) => run.isBad(one)) ?? all[0];
  return visit === undefined ? { state } : { visit };
}

/**
 * Where a row's visits led: the states, the place of the first, and the steps as pairs.
 *
 * @param {Run} run
 * @param {number} row
 */
export function trail(run, row) {
  const way = (row >= 0 ? run.rows[row].way : []).map((visit) => run.visits[visit].state);
  const steps = way.slice(1).map((state, n) => `${way[n]}-${state}`);
  return { states: new Set(way), where: way.length ? run.states[way[0]].where : null, steps: new Set(steps) };
}

/** The one choice of the page: whoever shows part of it is notified when it changes. */
export class Choice {
  #run;
  #write;
  /** @type {((chosen: Chosen) => void)[]} */
  #listeners = [];
  now = NOTHING;

  /** @param {Run} run @param {(link: string) => void} write writes an address */
  constructor(run, write) {
    this.#run = run;
    this.#write = write;
  }

  /** @param {(chosen: Chosen) => void} show */
  tell(show) {
    this.#listeners.push(show);
  }

  /** Chooses without writing the address. @param {Partial<Chosen>} part */
  show(part) {
    this.now = complete(this.#run, part);
    for (const show of this.#listeners) show(this.now);
  }

  /** @param {Partial<Chosen>} part */
  choose(part) {
    this.show(part);
    const link = linkTo(this.#run, this.now);
    if (link) this.#write(link);
  }
}
