/** Rows of the table: which are shown, and which comes next. */

/** @import { Row } from "./run.mjs" */

/** How the table calls what became of the symbol. @param {Row} row */
export const wordOf = ({ outcome, status }) => outcome || (status === "ok" ? "succeeded" : status);

/**
 * Whether the row is what is looked for.
 *
 * @param {Row} row
 * @param {() => string} shown gives the words that the table shows of it
 * @param {{text: string, word: string | undefined}} wanted text in lower case, and the word of the chosen button
 */
export function fits(row, shown, { text, word }) {
  return (!text || shown().toLowerCase().includes(text)) && (word === undefined || word === wordOf(row));
}

/**
 * The place to go to from a place among so many; from none (-1) to the first.
 *
 * @param {number} now
 * @param {number} by
 * @param {number} count
 */
export function step(now, by, count) {
  return now < 0 ? 0 : Math.min(Math.max(now + by, 0), count - 1);
}

/** The place after this one, and after the last the first. @param {number} now @param {number} count */
export const stepRound = (now, count) => (now + 1) % count;
