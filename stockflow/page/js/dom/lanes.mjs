/** The timelines of the table. */

/** @import { Run } from "../run.mjs" */

import { bars, longestOwnTime, ownTime } from "../spans.mjs";
import { took } from "../words.mjs";
import { all, el, find, shape } from "./elements.mjs";

const HIGH = 18;
const THIN = 6;
// Percent of the lane: what is shorter would not be seen.
const LEAST_WIDTH = 0.35;
const AHEAD = "300px";

/** A timeline as a picture. @param {Run} run @param {number[]} way @param {number} from @param {number} to */
export function lane(run, way, from, to, height = HIGH) {
  const found = bars(run, way, from, to);
  const label = found.map(({ title }) => title).join("; ") || "nothing happened";
  const shapes = found.map(({ visit, kind, thin, x, width, title }) => {
    const high = thin ? THIN : height - 4;
    const place = { x: `${x}%`, y: (height - high) / 2, width: `${Math.max(width, LEAST_WIDTH)}%`, height: high };
    return shape("rect", { class: `b-${kind}`, ...place, rx: 2, "data-v": visit }, shape("title", {}, title));
  });
  return shape("svg", { role: "img", height, "aria-label": label }, ...shapes);
}

/** Draws the lanes of the rows in view, over the run's time or each symbol's own. */
export class Lanes {
  #run;
  #rows;
  #numbers;
  #longest;
  #near;
  #scale = "run";

  /** @param {Run} run @param {HTMLElement[]} rows */
  constructor(run, rows) {
    this.#run = run;
    this.#rows = rows;
    this.#numbers = new Map(rows.map((tr, n) => [/** @type {Element} */ (tr), n]));
    this.#longest = longestOwnTime(run);
    for (const tr of rows) tr.append(el("td", "lane"));
    this.#near = new IntersectionObserver((seen) => this.#seen(seen), { root: find(".rows"), rootMargin: AHEAD });
    for (const one of all("#scale button")) one.addEventListener("click", () => this.#set(one.dataset.scale ?? ""));
  }

  /** Begins with the scale on which most is seen. */
  begin() {
    this.#set(this.#longest * 8 < this.#run.length ? "own" : "run");
  }

  /** @param {string} scale */
  #set(scale) {
    this.#scale = scale;
    find("#axis").textContent = `0 – ${took(scale === "own" ? this.#longest : this.#run.length)}`;
    for (const one of all("#scale button")) one.ariaPressed = String(one.dataset.scale === scale);
    this.#near.disconnect();
    for (const tr of this.#rows) this.#near.observe(tr);
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #seen(seen) {
    for (const { isIntersecting, target } of seen) if (isIntersecting) this.#draw(target);
  }

  /** @param {Element} tr */
  #draw(tr) {
    const cell = find(".lane", tr);
    if (cell.dataset.scale === this.#scale) return;
    const { way } = this.#run.rows[this.#numbers.get(tr) ?? 0];
    const [from] = this.#scale === "own" ? ownTime(this.#run, way) : [0];
    const length = this.#scale === "own" ? this.#longest : this.#run.length;
    cell.replaceChildren(lane(this.#run, way, from, from + length));
    cell.dataset.scale = this.#scale;
  }
}
