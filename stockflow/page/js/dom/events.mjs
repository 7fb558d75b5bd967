/** The list of all events; only the lines in view are in the document. */

/**
 * @import { Choice, Chosen } from "../choice.mjs"
 * @import { Line } from "../groups.mjs"
 * @import { Run } from "../run.mjs"
 */

import { eventInWords, Groups, groupInWords } from "../groups.mjs";
import { inThousands } from "../words.mjs";
import { around, el, find, pill } from "./elements.mjs";

const HIGH = 27;
const AHEAD = 8;

export class EventList {
  #run;
  #choice;
  #groups;
  /** @type {Line[]} */
  #lines = [];
  #list = find("#list");
  #spacer = el("div", "");
  /** @type {HTMLInputElement} */
  #field = find("#event-filter");
  /** @type {HTMLInputElement} */
  #onlyChosen = find("#only-chosen");

  /** @param {Run} run @param {Choice} choice */
  constructor(run, choice) {
    this.#run = run;
    this.#choice = choice;
    this.#groups = new Groups(run);
    this.#spacer.ariaHidden = "true";
    this.#list.append(this.#spacer);
    choice.tell((chosen) => this.#mark(chosen));
    this.#list.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.#list.addEventListener("click", (event) => this.#pick(event));
    this.#field.addEventListener("input", () => this.#filter());
    this.#onlyChosen.addEventListener("change", () => this.#filter());
  }

  #filter() {
    this.#find();
    this.#draw();
  }

  #find() {
    const { row } = this.#choice.now;
    const wanted = { text: this.#field.value.trim().toLowerCase(), row: this.#onlyChosen.checked ? row : -1 };
    const { lines, count } = this.#groups.find(wanted);
    this.#lines = lines;
    this.#spacer.style.height = `${lines.length * HIGH}px`;
    find("#event-count").textContent = `${inThousands(count)} of ${inThousands(this.#run.events.length)} events`;
  }

  /** @param {Chosen} chosen */
  #mark({ visit, event }) {
    if (event >= 0 && visit >= 0) this.#groups.openVisit(visit);
    this.#find();
    const place = this.#lines.findIndex((line) => (event >= 0 ? line.event === event : this.#isHead(line, visit)));
    if (place >= 0) this.#list.scrollTop = Math.max(0, place * HIGH - this.#list.clientHeight / 3);
    this.#draw();
  }

  /** @param {Line} line @param {number} visit */
  #isHead({ event, group }, visit) {
    return event < 0 && this.#groups.at(group).visit === visit;
  }

  #draw() {
    const { scrollTop, clientHeight } = this.#list;
    const top = Math.min(scrollTop, Math.max(0, this.#lines.length * HIGH - clientHeight));
    const first = Math.max(0, Math.floor(top / HIGH) - AHEAD);
    const end = Math.ceil((top + clientHeight) / HIGH) + AHEAD;
    const shown = this.#lines.slice(first, end).map((line, n) => this.#line(line, first + n));
    this.#list.replaceChildren(this.#spacer, ...shown);
  }

  /** @param {Line} line @param {number} place */
  #line(line, place) {
    const node = line.event < 0 ? this.#head(line.group) : this.#event(line);
    node.setAttribute("role", "listitem");
    node.setAttribute("aria-setsize", String(this.#lines.length));
    node.setAttribute("aria-posinset", String(place + 1));
    node.style.top = `${place * HIGH}px`;
    node.dataset.place = String(place);
    return node;
  }

  /** @param {number} number */
  #head(number) {
    const group = this.#groups.at(number);
    const open = this.#groups.open.has(number);
    const { id, at, name, symbol, text } = groupInWords(this.#run, group);
    const toggle = el("span", "nm", `${open ? "▾" : "▸"} ${name}`);
    toggle.setAttribute("role", "button");
    toggle.setAttribute("aria-expanded", String(open));
    const { status } = this.#run.visits[group.visit];
    const { visit, event } = this.#choice.now;
    const on = group.visit === visit && event < 0;
    return line(on ? "ev on" : "ev", id, at, toggle, symbol, pill(status), el("span", "tx", text));
  }

  /** @param {Line} line */
  #event({ event, group }) {
    const { id, at, name, symbol, text } = eventInWords(this.#run, event);
    const cls = `ev${group >= 0 ? " inside" : ""}${event === this.#choice.now.event ? " on" : ""}`;
    return line(cls, id, at, el("span", "nm", name), symbol, el("span", "tx", text));
  }

  /** @param {Event} click */
  #pick(click) {
    const place = around(click, ".ev")?.dataset.place;
    if (place === undefined) return;
    const { event, group } = this.#lines[Number(place)];
    const top = this.#list.scrollTop;
    if (event < 0) this.#groups.toggle(group);
    this.#choice.choose(event < 0 ? { visit: this.#groups.at(group).visit } : { event });
    this.#list.scrollTop = top;
    this.#draw();
  }
}

/**
 * @param {string} cls
 * @param {string} id
 * @param {string} at
 * @param {Node} name
 * @param {string} symbol
 * @param {Node[]} more
 */
function line(cls, id, at, name, symbol, ...more) {
  return el("div", cls, el("span", "id", id), el("span", "at", at), name, el("span", "who", symbol), ...more);
}
