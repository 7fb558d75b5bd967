import assert from "node:assert/strict";
import { test } from "node:test";
import { Choice, complete, first, inState, linked, linkTo, NOTHING, trail } from "../../stockflow/page/js/choice.mjs";
import { made } from "./made.mjs";

const follow = (run, text) => linked(run, new URLSearchParams(text));

test("an event brings its visit and row, a visit its row", () => {
  assert.deepEqual(complete(made(), { event: 13 }), { row: 1, visit: 3, event: 13, state: -1 });
  assert.deepEqual(complete(made(), { visit: 1 }), { row: 0, visit: 1, event: -1, state: -1 });
});

test("a row brings the visit that failed, else its last one", () => {
  assert.deepEqual([complete(made(), { row: 1 }).visit, complete(made(), { row: 0 }).visit], [3, 2]);
});

test("a row without visits brings none", () => {
  const run = made((data) => {
    data.rows[0][3] = [];
  });
  assert.equal(complete(run, { row: 0 }).visit, -1);
});

test("an iteration's event brings its own row, not the Map's", () => {
  assert.deepEqual(complete(made(), { event: 2 }), { row: 0, visit: 0, event: 2, state: -1 });
});

for (const [part, link] of [
  [{ event: 4 }, "#event=5"],
  [{ row: 0 }, "#symbol=AAPL&state=Fetch"],
  [{ visit: 1 }, "#symbol=AAPL&state=Wait"],
  [{ visit: 0 }, "#event=2"],
  [{ state: 3 }, ""],
  [{}, ""],
]) {
  test(`the link to ${JSON.stringify(part)} is "${link}"`, () => {
    const run = made();
    assert.equal(linkTo(run, complete(run, part)), link);
  });
}

test("what stands in a link is escaped, and read back", () => {
  const run = made((data) => {
    data.rows[0][0] = "A&B=#%";
    data.states[2][0] = "Is it?";
  });
  const link = linkTo(run, complete(run, { row: 0 }));
  assert.equal(link, "#symbol=A%26B%3D%23%25&state=Is%20it%3F");
  assert.deepEqual(follow(run, link.slice(1)), { row: 0, visit: 2 });
});

for (const [link, part] of [
  ["event=5", { event: 4 }],
  ["symbol=NFLX&state=Fetch", { row: 1, visit: 3 }],
  ["symbol=NFLX", { row: 1, visit: -1 }],
  ["symbol=AAPL&state=NoSuch", { row: 0, visit: -1 }],
  ["event=99&symbol=AAPL", { row: 0, visit: -1 }],
  ["symbol=NOSUCH", null],
  ["event=99", null],
  ["symbol=%", null],
  ["", null],
]) {
  test(`the link "${link}" chooses ${JSON.stringify(part)}`, () => assert.deepEqual(follow(made(), link), part));
}

test("of several visits of the state a link means the one that went wrong, else the last", () => {
  const run = made((data) => {
    data.rows[0][3] = [3, 2];
  });
  assert.equal(follow(run, "symbol=AAPL&state=Fetch").visit, 3);
  const well = made((data) => {
    data.visits.status = [1, 1, 1, 1];
    data.rows[0][3] = [3, 2];
  });
  assert.equal(follow(well, "symbol=AAPL&state=Fetch").visit, 2);
});

test("at first the cause outside of every row is chosen, else the first row that failed, else nothing", () => {
  const outside = made((data) => Object.assign(data, { cause: 0 }));
  const sorted = made((data) => data.rows.reverse());
  assert.deepEqual([first(outside), first(sorted), first(made())], [{ visit: 0 }, { row: 0 }, { visit: 3 }]);
  assert.deepEqual(first(made((data) => Object.assign(data, { cause: -1 }))), {});
});

test("a state means the chosen row's visit, else one that went wrong", () => {
  assert.deepEqual([inState(made(), 2, 0), inState(made(), 2, -1)], [{ visit: 2 }, { visit: 3 }]);
});

test("a state that the row did not reach means anybody's visit, and one that nobody reached itself", () => {
  assert.deepEqual([inState(made(), 1, 1), inState(made(), 3, 0)], [{ visit: 1 }, { state: 3 }]);
});

test("a trail is the row's states and steps, and where they are", () => {
  assert.deepEqual(trail(made(), 0), { states: new Set([1, 2]), where: "Each", steps: new Set(["1-2"]) });
  assert.deepEqual(trail(made(), -1), { states: new Set(), where: null, steps: new Set() });
});

test("whoever asked is told of a choice, in the order of asking, before its link is written", () => {
  const told = [];
  const choice = new Choice(made(), (link) => told.push(link));
  choice.tell(({ visit }) => told.push(`a ${visit}`));
  choice.tell(({ visit }) => told.push(`b ${visit}`));
  choice.choose({ row: 1 });
  assert.deepEqual(told, ["a 3", "b 3", "#symbol=NFLX&state=Fetch"]);
});

test("what is only shown, or has no link, writes none", () => {
  const choice = new Choice(made(), assert.fail);
  choice.show({ row: 1 });
  choice.choose({});
  assert.deepEqual(choice.now, NOTHING);
});
