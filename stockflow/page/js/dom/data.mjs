/** Reads the page's data block. */

/** @import { Packed } from "../run.mjs" */

/** JSON, or JSON packed by gzip and base64. @param {HTMLScriptElement} box @returns {Promise<Packed>} */
export async function read(box) {
  const text = box.textContent;
  return JSON.parse(box.type.endsWith("json") ? text : await unzip(text));
}

/** @param {string} base64 */
export async function unzip(base64) {
  const bytes = Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
