/**
 * JSON as it is shown.
 *
 * @typedef {[text: string, kind?: string]} Part A piece of text, and its class where it has one.
 */

const TOO_LONG_FOR_COLOURS = 60_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value, or undefined where the text is no JSON. @param {string | undefined} text @returns {unknown} */
export function parse(text) {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** The object that the text is, or an empty one. @param {string | undefined} text @returns {Record<string, unknown>} */
export function parseObject(text) {
  const value = parse(text);
  return value && typeof value === "object" ? /** @type {Record<string, unknown>} */ (value) : {};
}

/** @param {unknown} value */
export const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * The text with line breaks and kinds: k is a key, s a string, n another value.
 *
 * @param {string} text
 * @returns {Part[]}
 */
export function highlight(text) {
  const value = parse(text);
  if (value === undefined) return [[text]];
  const pretty = JSON.stringify(value, null, 2);
  return pretty.length > TOO_LONG_FOR_COLOURS ? [[pretty]] : tokens(pretty);
}

/** @param {string} pretty @returns {Part[]} */
function tokens(pretty) {
  /** @type {Part[]} */
  const found = [];
  let done = 0;
  for (const { 0: all, 1: quoted, 2: colon, index } of pretty.matchAll(TOKEN)) {
    found.push([pretty.slice(done, index)], [quoted ?? all, quoted ? (colon ? "k" : "s") : "n"], [colon ?? ""]);
    done = index + all.length;
  }
  found.push([pretty.slice(done)]);
  return found.filter(([part]) => part);
}
