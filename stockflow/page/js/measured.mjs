/**
 * A text that the run measured passage by passage: what is said where, and how it is drawn.
 *
 * @typedef {{n: number, part: string, who: string, at: number | null, value: number | null, text: string}} Passage
 *   `value` goes from -1 to 1; the text of one that is left out is empty.
 * @typedef {{title: string, measure: string, summary: string, facts: [word: string, value: string][], count: number,
 *   passages: Passage[]}} Measured `count` passages are in the whole text.
 * @typedef {{title: string, measure: string, summary: string, facts: [word: string, value: string][], count: number,
 *   part: number[], who: number[], at: (number | null)[], value: (number | null)[], text: string[],
 *   names: string[]}} PackedMeasured
 * @typedef {{part: string, passages: Passage[]}} Section
 * @typedef {{passage: Passage | null, who: string, skipped: number}} Line Without a passage, so many are left out.
 * @typedef {{x: number, width: number, y: number, height: number, kind: string}} Column Percent of the width, and
 *   pixels.
 */

const STRONG = 0.6;
const PLAIN = 0.2;
// Passages whose mean is a point of the line.
const AROUND = 3;
const LEAST_HIGH = 1.5;
/** @type {Record<string, string>} */
const MARKS = { low2: "▼▼", low: "▼", mid: "■", high: "▲", high2: "▲▲", unknown: "?" };

/** @param {PackedMeasured} packed @returns {Measured} */
export function unpackMeasured({ title, measure, summary, facts, count, ...columns }) {
  const passages = columns.text.map((text, n) => ({
    n,
    part: columns.names[columns.part[n]],
    who: columns.names[columns.who[n]],
    at: columns.at[n],
    value: columns.value[n],
    text,
  }));
  return { title, measure, summary, facts, count, passages };
}

/** How strong a value is: its class. @param {number | null} value */
export function level(value) {
  if (value === null) return "unknown";
  if (Math.abs(value) < PLAIN) return "mid";
  const side = value < 0 ? "low" : "high";
  return Math.abs(value) < STRONG ? side : `${side}2`;
}

/** A value as it is written, with a mark, so that it is told without colour. @param {number | null} value */
export function written(value) {
  const mark = MARKS[level(value)];
  return value === null ? `${mark} not measured` : `${mark} ${signed(value)}`;
}

/** @param {number} value */
function signed(value) {
  const size = Math.abs(value).toFixed(2);
  if (Number(size) === 0) return size;
  return value < 0 ? `−${size}` : `+${size}`;
}

/** A place in a recording: 41:07, 1:02:30. @param {number | null} seconds */
export function clock(seconds) {
  if (seconds === null) return "";
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The passages under their headings, as they follow each other. @param {Passage[]} passages @returns {Section[]} */
export function sections(passages) {
  /** @type {Section[]} */
  const found = [];
  for (const passage of passages) {
    const last = found.at(-1);
    if (last && last.part === passage.part) last.passages.push(passage);
    else found.push({ part: passage.part, passages: [passage] });
  }
  return found;
}

/**
 * The lines of a section: passages, each with its speaker where that is another one than before, and how many are left
 * out between two.
 *
 * @param {Passage[]} passages
 * @returns {Line[]}
 */
export function lines(passages) {
  /** @type {Line[]} */
  const found = [];
  let before = "";
  for (const passage of passages) {
    const last = found.at(-1);
    if (passage.text) {
      found.push({ passage, who: passage.who === before ? "" : passage.who, skipped: 0 });
      before = passage.who;
    } else if (last && !last.passage) last.skipped += 1;
    else found.push({ passage: null, who: "", skipped: 1 });
  }
  return found;
}

/**
 * In another order than they were said: those with the strongest values of one sign first. What has no text or no
 * value is left out.
 *
 * @param {Passage[]} passages
 * @param {"lowest" | "highest"} order
 */
export function strongest(passages, order) {
  const sign = order === "lowest" ? 1 : -1;
  const known = passages.filter(({ text, value }) => text && value !== null);
  return known.sort((one, other) => sign * ((one.value ?? 0) - (other.value ?? 0)) || one.n - other.n);
}

/** @param {number} count */
export const skippedInWords = (count) => `${count} ${count === 1 ? "passage" : "passages"} left out`;

/** What is not in the page, or empty. @param {Measured} measured */
export function leftOut({ count, passages }) {
  const here = passages.filter(({ text }) => text).length;
  return here === count ? "" : `${here} of ${count} passages are in this page, those with the strongest values.`;
}

/**
 * A column for each value, up or down from the middle of a picture.
 *
 * @param {Passage[]} passages
 * @param {number} high
 * @returns {Column[]}
 */
export function columns(passages, high) {
  const width = 100 / Math.max(passages.length, 1);
  return passages.map(({ value }, n) => {
    const height = Math.max((Math.abs(value ?? 0) * high) / 2, LEAST_HIGH);
    const y = (value ?? 0) > 0 ? high / 2 - height : high / 2;
    return { x: n * width, width, y, height, kind: level(value) };
  });
}

/**
 * The line of the mean around each passage, as points; none of so few passages that it would say what they say.
 *
 * @param {Passage[]} passages
 * @param {number} high
 */
export function trend(passages, high) {
  if (passages.length < 4 * AROUND) return [];
  return passages.map((_, n) => {
    const near = passages.slice(Math.max(n - AROUND, 0), n + AROUND + 1).flatMap(({ value }) => value ?? []);
    const mean = near.reduce((sum, value) => sum + value, 0) / Math.max(near.length, 1);
    return { x: ((n + 0.5) * 100) / passages.length, y: (high / 2) * (1 - mean) };
  });
}

/** Where a heading begins, but for the first, in percent of the width. @param {Passage[]} passages */
export function boundaries(passages) {
  let n = 0;
  return sections(passages).flatMap(({ part, passages: own }) => {
    const x = (n * 100) / passages.length;
    n += own.length;
    return x > 0 && part ? [{ x, part }] : [];
  });
}

/** What the picture shows, for whoever does not see it. @param {Measured} measured */
export function inWords({ measure, passages }) {
  const values = passages.flatMap(({ value }) => value ?? []);
  if (!values.length) return `No passage has a value of ${measure}.`;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const below = values.filter((value) => value < -PLAIN).length;
  const above = values.filter((value) => value > PLAIN).length;
  const range = `from ${signed(least)} to ${signed(most)}`;
  return `The ${measure} of ${values.length} passages, ${range}: ${below} clearly below zero, ${above} clearly above.`;
}
