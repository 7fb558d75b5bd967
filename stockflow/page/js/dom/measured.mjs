/** A measured text: a picture of its values, and its passages in a list. */

/** @import { Measured, Passage } from "../measured.mjs" */

import {
  boundaries,
  clock,
  columns,
  inWords,
  leftOut,
  level,
  lines,
  sections,
  skippedInWords,
  strongest,
  trend,
  written,
} from "../measured.mjs";
import { all, button, el, maybe, shape } from "./elements.mjs";

const HIGH = 84;
const GAP = 0.22;
const HEADING_HIGH = 36;
/** @type {Record<string, string>} */
const ORDERS = { said: "As said", lowest: "Lowest first", highest: "Highest first" };

/** @param {Measured} measured */
export function measuredBlock(measured) {
  const list = el("div", "passages");
  list.tabIndex = 0;
  list.setAttribute("role", "region");
  list.setAttribute("aria-label", "Passages");
  const box = el("section", "block measured");
  const rest = leftOut(measured);
  box.append(
    el("h4", "", measured.title, el("b", "", measured.summary), orderButtons(measured, list)),
    factsOf(measured),
    pictureOf(measured, list),
    list,
    ...(rest ? [el("p", "hint", rest)] : []),
  );
  fill(list, measured, "said");
  return box;
}

/** @param {Measured} measured */
function factsOf({ facts }) {
  const pairs = facts.map(([word, value]) => el("div", "", el("dt", "", word), el("dd", "", value)));
  return el("dl", "facts", ...pairs);
}

/** @param {Measured} measured @param {HTMLElement} list */
function orderButtons(measured, list) {
  const group = el("span", "orders");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Order of the passages");
  for (const [order, word] of Object.entries(ORDERS)) {
    const one = button(word, () => {
      for (const other of all("button", group)) other.ariaPressed = String(other === one);
      fill(list, measured, order);
    });
    one.ariaPressed = String(order === "said");
    group.append(one);
  }
  return group;
}

/** @param {HTMLElement} list @param {Measured} measured @param {string} order */
function fill(list, { passages }, order) {
  if (order === "said") {
    list.replaceChildren(...sections(passages).flatMap(({ part, passages: own }) => sectionOf(part, own)));
  } else {
    const sorted = strongest(passages, /** @type {"lowest" | "highest"} */ (order));
    list.replaceChildren(el("ol", "", ...sorted.map((passage) => passageOf(passage, passage.who, passage.part))));
  }
  list.scrollTop = 0;
}

/** @param {string} part @param {Passage[]} passages */
function sectionOf(part, passages) {
  const items = lines(passages).map(({ passage, who, skipped }) =>
    passage ? passageOf(passage, who, "") : el("li", "skipped hint", skippedInWords(skipped)),
  );
  const heading = part ? [el("h5", "", part)] : [];
  return [...heading, el("ol", "", ...items)];
}

/** @param {Passage} passage @param {string} who @param {string} part */
function passageOf({ n, at, value, text }, who, part) {
  const meta = el("div", "meta", el("span", "val", written(value)), el("span", "when", clock(at)));
  if (who) meta.append(el("b", "", who));
  if (part) meta.append(el("span", "when", part));
  const item = el("li", level(value), meta, el("p", "", text));
  item.dataset.n = String(n);
  item.tabIndex = -1;
  return item;
}

/** @param {Measured} measured @param {HTMLElement} list */
function pictureOf(measured, list) {
  const { passages } = measured;
  const picture = shape(
    "svg",
    { role: "img", height: HIGH, "aria-label": inWords(measured) },
    shape("line", { x1: 0, x2: "100%", y1: HIGH / 2, y2: HIGH / 2, class: "zero" }),
    ...columns(passages, HIGH).map(({ x, width, y, height, kind }) =>
      shape("rect", { x: `${x}%`, y, width: `${width * (1 - GAP)}%`, height, class: `v-${kind}` }),
    ),
    ...trendOf(passages),
    ...boundaries(passages).flatMap(({ x, part }) => boundaryOf(x, part)),
  );
  picture.addEventListener("click", (event) => {
    const share = (event.clientX - picture.getBoundingClientRect().left) / picture.getBoundingClientRect().width;
    reveal(list, Math.min(Math.floor(share * passages.length), passages.length - 1));
  });
  const times = [passages[0], passages.at(-1)].map((passage) => el("span", "", clock(passage?.at ?? null)));
  return el("div", "series", picture, el("div", "times hint", ...times));
}

/** @param {Passage[]} passages */
function trendOf(passages) {
  const points = trend(passages, HIGH);
  return points.slice(1).map(({ x, y }, n) => {
    const from = points[n];
    return shape("line", { x1: `${from.x}%`, y1: from.y, x2: `${x}%`, y2: y, class: "trend" });
  });
}

/** @param {number} x @param {string} part */
function boundaryOf(x, part) {
  const late = x > 70;
  const label = { x: `${x}%`, y: 11, dx: late ? -5 : 5, "text-anchor": late ? "end" : "start", class: "part" };
  return [shape("line", { x1: `${x}%`, x2: `${x}%`, y1: 0, y2: HIGH, class: "boundary" }), shape("text", label, part)];
}

/** Brings a passage into view, and the focus to it. @param {HTMLElement} list @param {number} n */
function reveal(list, n) {
  const item = maybe(`[data-n="${n}"]`, list);
  if (!item) return;
  list.scrollTop = item.offsetTop - HEADING_HIGH;
  item.focus({ preventScroll: true });
}
