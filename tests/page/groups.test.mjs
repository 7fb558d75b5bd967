import assert from "node:assert/strict";
import { test } from "node:test";
import { eventInWords, Groups, groupInWords } from "../../stockflow/page/js/groups.mjs";
import { made } from "./made.mjs";

const ALL = { text: "", row: -1 };
const found = (groups, wanted) => groups.find({ ...ALL, ...wanted });
const ids = ({ lines }) => lines.map(({ event, group }) => (event < 0 ? `group ${group}` : event));

test("a visit's events are one line, and events without a group each their own", () => {
  const groups = new Groups(made());
  const { lines, count } = found(groups, {});
  assert.deepEqual(ids({ lines }), [0, 1, 2, "group 3", "group 4", "group 5", 14]);
  assert.equal(count, 15);
});

test("an iteration's event is not among those of the Map's visit", () => {
  assert.deepEqual(new Groups(made()).at(1).events, [1]);
});

test("an open group has its events below it, and closes again", () => {
  const groups = new Groups(made());
  groups.toggle(3);
  assert.deepEqual(ids(found(groups, {})).slice(3, 7), ["group 3", 3, 4, "group 4"]);
  groups.toggle(3);
  assert.equal(found(groups, {}).lines.length, 7);
});

test("a visit's group can be opened by the visit", () => {
  const groups = new Groups(made());
  groups.openVisit(3);
  groups.openVisit(-1);
  assert.deepEqual([...groups.open], [5]);
});

for (const [text, expected] of [
  ["badprices", ["group 5"]],
  ["#8", ["group 4"]],
  ["8", ["group 4"]],
  ["#1", [0]],
  ["nflx", ["group 5"]],
  ["fetch", ["group 4", "group 5"]],
  ["invoke", ["group 4", "group 5"]],
  ["nothing like it", []],
]) {
  test(`the search for ${text} finds ${expected.length ? expected.join(" and ") : "nothing"}`, () => {
    assert.deepEqual(ids(found(new Groups(made()), { text })), expected);
  });
}

test("only the events of one row are found where that is wanted", () => {
  const { lines, count } = found(new Groups(made()), { row: 0 });
  assert.deepEqual([ids({ lines }), count], [[2, "group 3", "group 4"], 9]);
});

test("an event says its number, symbol and time, and first of all its error", () => {
  const said = { id: "#14", name: "TaskFailed", symbol: "NFLX", at: "7.5 s", text: "BadPrices" };
  assert.deepEqual(eventInWords(made(), 13), said);
});

test("a long text of an event is cut", () => {
  const run = made((data) => {
    data.events.details[13].error = "x".repeat(500);
  });
  assert.equal(eventInWords(run, 13).text.length, 200);
});

test("a group says its first and last number, its state, and how it failed", () => {
  const said = { id: "#12–14", name: "Fetch", symbol: "NFLX", at: "6.0 s", text: "3 events, BadPrices" };
  assert.deepEqual(groupInWords(made(), { visit: 3, events: [11, 12, 13] }), said);
});
