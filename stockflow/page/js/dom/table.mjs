/** The table of symbols: its filter, and going through it. */

/**
 * @import { Choice, Chosen } from "../choice.mjs"
 * @import { Run } from "../run.mjs"
 */

import { fits, step, stepRound } from "../rows.mjs";
import { inThousands } from "../words.mjs";
import { all, around, find, maybe } from "./elements.mjs";

// No more rows at once than a browser lays out without a pause.
const ROOM = 200;

export class Table {
  #run;
  #choice;
  #rows;
  #room = ROOM;
  /** @type {HTMLInputElement} */
  #field = find("#filter");
  #kinds = all("#kinds button");

  /** @param {Run} run @param {Choice} choice @param {HTMLElement[]} rows */
  constructor(run, choice, rows) {
    this.#run = run;
    this.#choice = choice;
    this.#rows = rows;
    choice.tell((chosen) => this.#mark(chosen));
    find("#body").addEventListener("click", (event) => this.#pick(event));
    this.#field.addEventListener("input", () => this.filter());
    find("#more").addEventListener("click", () => this.#showAll());
    for (const one of this.#kinds) one.addEventListener("click", () => this.#press(one));
  }

  filter() {
    const word = maybe("#kinds button[aria-pressed=true]")?.dataset.word;
    const wanted = { text: this.#field.value.trim().toLowerCase(), word };
    let count = 0;
    this.#rows.forEach((tr, n) => {
      const fit = fits(this.#run.rows[n], () => tr.textContent, wanted);
      if (fit) count += 1;
      tr.classList.toggle("out", !fit);
      tr.classList.toggle("late", fit && count > this.#room && n !== this.#choice.now.row);
    });
    this.#say(count);
  }

  /** Takes the filter away. */
  clear() {
    this.#field.value = "";
    for (const one of this.#kinds) one.ariaPressed = "false";
    this.filter();
  }

  /** Chooses the row that is so many further. @param {number} by */
  step(by) {
    const shown = this.#shown();
    const now = shown.indexOf(this.#choice.now.row);
    if (shown.length) this.#choice.choose({ row: shown[step(now, by, shown.length)] });
  }

  /** Chooses the next row that failed. */
  stepToFailure() {
    const failed = this.#shown().filter((n) => is(this.#rows[n], "failed", "handled"));
    const now = failed.indexOf(this.#choice.now.row);
    if (failed.length) this.#choice.choose({ row: failed[stepRound(now, failed.length)] });
  }

  #shown() {
    return [...this.#rows.keys()].filter((n) => !is(this.#rows[n], "out", "late"));
  }

  /** @param {number} count */
  #say(count) {
    const more = find("#more");
    find("#none").hidden = count > 0;
    more.hidden = count <= this.#room;
    more.textContent = `Show all ${inThousands(count)}`;
  }

  #showAll() {
    this.#room = Number.POSITIVE_INFINITY;
    this.filter();
  }

  /** @param {HTMLElement} kind */
  #press(kind) {
    const on = kind.ariaPressed !== "true";
    for (const one of this.#kinds) one.ariaPressed = String(one === kind && on);
    this.filter();
  }

  /** @param {Event} event */
  #pick(event) {
    event.preventDefault();
    const tr = around(event, "tr");
    const bar = around(event, "[data-v]");
    if (tr) this.#choice.choose({ row: this.#rows.indexOf(tr), visit: bar ? Number(bar.dataset.v) : -1 });
  }

  /** @param {Chosen} chosen */
  #mark({ row }) {
    this.#rows.forEach((tr, n) => {
      tr.classList.toggle("on", n === row);
      tr.toggleAttribute("aria-current", n === row);
    });
    if (row >= 0) reveal(this.#rows[row]);
  }
}

/** Whether it has one of the classes. @param {HTMLElement} tr @param {string[]} classes */
const is = (tr, ...classes) => classes.some((one) => tr.classList.contains(one));

// The heading above the rows, and a row's height below it.
const ABOVE = 40;
const BELOW = 90;

/** @param {HTMLElement} tr */
function reveal(tr) {
  tr.classList.remove("late");
  const box = find(".rows");
  const top = tr.offsetTop - ABOVE;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + BELOW > box.scrollTop + box.clientHeight) box.scrollTop = top + BELOW - box.clientHeight;
}
