/**
 * The attempts of a visit.
 *
 * @import { Attempt, Run } from "./run.mjs"
 *
 * @typedef {{pause: string, status: string, word: string, took: string, request: string | undefined}} Try `pause` is
 *   how long the back-off before it was, or empty.
 */

import { parseObject } from "./json.mjs";
import { took } from "./words.mjs";

/** @param {Run} run @param {Attempt[]} attempts @returns {Try[]} */
export function tries(run, attempts) {
  /** @type {number | null} */
  let before = null;
  return attempts.map((attempt) => {
    const { status, failure } = attempt;
    const from = run.at(attempt.scheduled);
    const to = run.at(attempt.ended);
    const pause = between(before, from);
    before = to;
    return {
      pause,
      status: run.isCalm(failure) ? "moved" : status,
      word: failure ? failure.error || "failed" : status,
      took: between(from, to),
      request: requestOf(run, attempt),
    };
  });
}

/** @param {number | null} from @param {number | null} to */
const between = (from, to) => (from === null || to === null ? "" : took(to - from));

/**
 * The Lambda request id: in the cause of a failure, or in what the service gave with the answer.
 *
 * @param {Run} run
 * @param {Attempt} attempt
 */
export function requestOf(run, { ended, failure }) {
  const text = failure ? failure.cause : run.text(ended, "output");
  const named = /"(?:requestId|RequestId)":\s*"([^"]+)"/.exec(text ?? "");
  const stated = /^RequestId: (\S+)/.exec(String(parseObject(text).errorMessage ?? ""));
  return (named ?? stated)?.[1];
}
