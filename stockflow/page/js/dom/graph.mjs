/** The picture of the state machine. */

/**
 * @import { Choice, Chosen } from "../choice.mjs"
 * @import { Run } from "../run.mjs"
 */

import { inState, trail } from "../choice.mjs";
import { all, find } from "./elements.mjs";

export class Graph {
  #run;
  #choice;
  /** @type {SVGElement[]} */
  #states = all(".st");
  /** @type {SVGElement[]} */
  #lines = all(".ln");

  /** @param {Run} run @param {Choice} choice */
  constructor(run, choice) {
    this.#run = run;
    this.#choice = choice;
    choice.tell((chosen) => this.#mark(chosen));
    for (const one of this.#states) this.#makeButton(one);
  }

  /** @param {SVGElement} one */
  #makeButton(one) {
    const choose = () => this.#choice.choose(inState(this.#run, Number(one.dataset.s), this.#choice.now.row));
    one.tabIndex = 0;
    one.setAttribute("role", "button");
    one.addEventListener("click", choose);
    one.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose();
    });
  }

  /** @param {Chosen} chosen */
  #mark({ row, visit }) {
    const { states, where, steps } = trail(this.#run, row);
    const now = visit >= 0 ? this.#run.visits[visit].state : -1;
    const taken = (/** @type {string} */ pair) => steps.has(pair);
    find(".machine").classList.toggle("picked", states.size > 0);
    for (const one of this.#states) {
      const state = Number(one.dataset.s);
      one.classList.toggle("on", state === now);
      one.classList.toggle("dim", !states.has(state) && this.#run.states[state].where === where);
    }
    for (const one of this.#lines) {
      const pairs = (one.dataset.w ?? "").split(" ");
      one.classList.toggle("lit", pairs.some(taken));
    }
  }
}
