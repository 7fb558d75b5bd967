/** The keys of the keyboard. */

/**
 * @import { Choice } from "../choice.mjs"
 * @import { Table } from "./table.mjs"
 */

import { find, maybe } from "./elements.mjs";

/** @param {Choice} choice @param {Table | null} table */
export function listen(choice, table) {
  document.addEventListener("keydown", (event) => {
    const on = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") clear(on, choice, table);
    else if (!isField(on) && press(event.key, on, table)) event.preventDefault();
  });
}

/** @param {HTMLElement} on */
const isField = (on) => /^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName);

/** Whether the key was one of ours. @param {string} key @param {HTMLElement} on @param {Table | null} table */
function press(key, on, table) {
  /** @type {Record<string, () => void>} */
  const keys = {
    j: () => table?.step(1),
    k: () => table?.step(-1),
    f: () => table?.stepToFailure(),
    "/": () => (maybe("#filter") ?? find("#event-filter")).focus(),
    Enter: () => find("#visit").focus(),
  };
  if (!Object.hasOwn(keys, key) || (key === "Enter" && /^(A|BUTTON|SUMMARY)$/.test(on.tagName))) return false;
  keys[key]();
  return true;
}

/** @param {HTMLElement} on @param {Choice} choice @param {Table | null} table */
function clear(on, choice, table) {
  if (isField(on)) on.blur();
  choice.show({});
  history.replaceState(null, "", location.pathname);
  table?.clear();
}
