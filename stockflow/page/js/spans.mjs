/**
 * The timeline: what a visit did when, and where that stands in a lane.
 *
 * @import { Run, Visit } from "./run.mjs"
 *
 * @typedef {{kind: string, from: number, to: number, title: string}} Span Milliseconds from the run's beginning.
 * @typedef {{visit: number, kind: string, thin: boolean, x: number, width: number, title: string}} Bar Percent of the
 *   lane's width.
 */

import { lastEvent } from "./run.mjs";
import { took } from "./words.mjs";

const THIN = ["wait", "off", "state"];
// Percent: a Pass or Choice that is narrower would only be a speck.
const LEAST_SEEN = 0.3;

/** What the visit did when. @param {Run} run @param {number} number @returns {Span[]} */
export function spans(run, number) {
  const visit = run.visits[number];
  const { name, type } = run.stateOf(number);
  const from = run.at(visit.entered);
  const to = endOf(run, visit);
  if (from === null || to === null) return [];
  if (type === "Wait") return [{ kind: "wait", from, to, title: `${name}: waits ${took(to - from)}` }];
  if (type === "Map" || type === "Parallel") return [{ kind: "state", from, to, title: `${name}: ${took(to - from)}` }];
  if (visit.attempts.length) return attemptSpans(run, visit, to);
  const kind = visit.status === "handled" ? "failed" : visit.status;
  return [{ kind, from, to, title: `${name}: ${visit.status}` }];
}

/** @param {Run} run @param {Visit} visit */
function endOf(run, visit) {
  const going = visit.status === "running" || visit.status === "unfinished";
  return run.at(visit.exited) ?? (going ? run.length : run.at(lastEvent(visit)));
}

/** The attempts, and the back-offs between them. @param {Run} run @param {Visit} visit @param {number} end */
function attemptSpans(run, visit, end) {
  const { name } = run.states[visit.state];
  /** @type {Span[]} */
  const found = [];
  /** @type {number | null} */
  let pause = null;
  visit.attempts.forEach(({ scheduled, ended, status, failure }, n) => {
    const from = run.at(scheduled) ?? 0;
    const to = run.at(ended) ?? end;
    if (pause !== null) {
      found.push({ kind: "off", from: pause, to: from, title: `${name}: backs off ${took(from - pause)}` });
    }
    const kind = run.isCalm(failure) ? "moved" : status;
    found.push({ kind, from, to, title: `${name}, attempt ${n + 1}: ${failure?.error || status}, ${took(to - from)}` });
    pause = to;
  });
  return found;
}

/**
 * The bars of a way in the lane that shows a stretch of time.
 *
 * @param {Run} run
 * @param {number[]} way
 * @param {number} from
 * @param {number} to
 * @returns {Bar[]}
 */
export function bars(run, way, from, to) {
  const whole = Math.max(to - from, 1);
  return way.flatMap((visit) => {
    const tried = run.visits[visit].attempts.length > 0;
    return spans(run, visit)
      .filter((span) => span.to > from && span.from <= to)
      .map((span) => barOf(span, visit, from, whole))
      .filter((bar) => tried || bar.kind !== "ok" || bar.width >= LEAST_SEEN);
  });
}

/** @param {Span} span @param {number} visit @param {number} from @param {number} whole @returns {Bar} */
function barOf({ kind, from: start, to: stop, title }, visit, from, whole) {
  const x = Math.max(0, ((start - from) / whole) * 100);
  const width = Math.min(100 - x, ((stop - Math.max(start, from)) / whole) * 100);
  return { visit, kind, thin: THIN.includes(kind), x, width, title };
}

/**
 * A symbol's own time begins with its first attempt: the wait before it can be as long as the run.
 *
 * @param {Run} run
 * @param {number[]} way
 * @returns {[from: number, to: number]}
 */
export function ownTime(run, way) {
  const visits = way.map((visit) => run.visits[visit]);
  const tried = visits.find(({ attempts }) => attempts.length);
  const first = run.at(tried ? tried.attempts[0].scheduled : (visits[0]?.entered ?? -1));
  const end = Math.max(...visits.map((visit) => run.at(lastEvent(visit)) ?? 0), 0);
  return first === null ? [0, 1] : [first, Math.max(end, first + 1)];
}

/** The longest of the symbols' own times. @param {Run} run */
export function longestOwnTime(run) {
  const lengths = run.rows.map(({ way }) => {
    const [from, to] = ownTime(run, way);
    return to - from;
  });
  return lengths.reduce((most, length) => Math.max(most, length), 1);
}
