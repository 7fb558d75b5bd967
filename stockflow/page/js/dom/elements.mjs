/** Finding and making elements. */

/** @import { Part } from "../json.mjs" */

const SVG = "http://www.w3.org/2000/svg";
const COPIED_MS = 1200;
/** @type {Record<string, string>} */
const MEANS = {
  handled: "It failed, and a Catch took the error",
  moved: "It waits again",
  deferred: "It is left to a later run",
  unfinished: "No exit from it is in the history",
};

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [from]
 * @returns {T | null}
 */
export const maybe = (selector, from = document) => from.querySelector(selector);

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [from]
 * @returns {T}
 */
export function find(selector, from = document) {
  /** @type {T | null} */
  const found = maybe(selector, from);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [from]
 * @returns {T[]}
 */
export const all = (selector, from = document) => [...from.querySelectorAll(/** @type {any} */ (selector))];

/** The closest element around what was clicked. @param {Event} event @param {string} selector */
export function around(event, selector) {
  /** @type {HTMLElement | null} */
  const found = /** @type {Element} */ (event.target).closest(selector);
  return found;
}

/** @param {string} tag @param {string} cls @param {(Node | string)[]} kids */
export function el(tag, cls, ...kids) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  node.append(...kids);
  return node;
}

/** @param {string} tag @param {Record<string, string | number>} values @param {(Node | string)[]} kids */
export function shape(tag, values, ...kids) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
  node.append(...kids);
  return node;
}

/** @param {string} text @param {(event: MouseEvent) => void} act @param {string} [cls] */
export function button(text, act, cls = "") {
  const node = /** @type {HTMLButtonElement} */ (el("button", cls, text));
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

/** Copies the text, or marks it where that is not allowed. @param {string} text @param {HTMLElement} from */
export async function copy(text, from) {
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (!done) {
    getSelection()?.selectAllChildren(/** @type {Node} */ (from.previousSibling ?? from.parentNode));
    return;
  }
  from.textContent = "Copied";
  setTimeout(() => {
    from.textContent = "Copy";
  }, COPIED_MS);
}

/** @param {string} text */
export const copier = (text) => button("Copy", (event) => copy(text, /** @type {HTMLElement} */ (event.currentTarget)));

/** @param {string} text */
export const command = (text) => el("span", "cmd", el("code", "", text), copier(text));

/** @param {string} title @param {Node} content @param {Node[]} tools */
export const block = (title, content, ...tools) => el("div", "block", el("h4", "", title, ...tools), content);

/** A block that is closed at first. @param {string} title @param {Node} content */
export const fold = (title, content) => el("details", "block", el("summary", "", title), content);

/** @param {string} kind @param {string} text */
export function pill(kind, text = kind) {
  const node = el("span", `pill ${kind}`, text);
  node.title = MEANS[kind] ?? "";
  return node;
}

/** Text that can be scrolled by keys. @param {string} cls @param {Part[]} parts */
export function pre(cls, parts) {
  const node = el("pre", cls, ...parts.map(([text, kind]) => (kind ? el(...named(kind), text) : text)));
  node.tabIndex = 0;
  return node;
}

/** @param {string} kind @returns {[tag: string, cls: string]} */
const named = (kind) => (kind === "small" ? ["small", ""] : ["span", kind]);
