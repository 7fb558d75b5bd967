import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, longestOwnTime, ownTime, spans } from "../../stockflow/page/js/spans.mjs";
import { made } from "./made.mjs";

const short = (found) => found.map(({ kind, from, to }) => [kind, from, to]);
const FETCH = 2;
const STATES = { Each: 0, Wait: 1, Done: 3 };

test("a Wait is one span", () => {
  assert.deepEqual(spans(made(), 1), [{ kind: "wait", from: 100, to: 2000, title: "Wait: waits 1.9 s" }]);
});

test("attempts are spans with the back-offs between them", () => {
  assert.deepEqual(short(spans(made(), FETCH)), [
    ["moved", 2000, 3000],
    ["off", 3000, 5000],
    ["ok", 5000, 5500],
  ]);
});

test("an attempt is titled with its error, or its status", () => {
  const [first, , second] = spans(made(), FETCH).map(({ title }) => title);
  assert.equal(first, "Fetch, attempt 1: SlotMoved, 1.0 s");
  assert.equal(second, "Fetch, attempt 2: ok, 500 ms");
});

test("an error that is no calm one is drawn as failed", () => {
  assert.equal(
    spans(
      made((data) => Object.assign(data, { calm: [] })),
      FETCH,
    )[0].kind,
    "failed",
  );
});

test("a Map is one span up to its last event", () => {
  assert.deepEqual(short(spans(made(), 0)), [["state", 0, 0]]);
});

test("what still runs goes on to the end of the run", () => {
  const run = made((data) => {
    data.visits.statuses = ["running", "ok"];
  });
  assert.deepEqual(short(spans(run, 0)), [["state", 0, 10_000]]);
});

test("without attempts the visit's own status is drawn, and a caught failure as failed", () => {
  const run = made((data) => {
    data.visits.state[1] = STATES.Done;
    data.visits.statuses = ["failed", "handled"];
  });
  assert.deepEqual(short(spans(run, 1)), [["failed", 100, 2000]]);
});

test("a visit without a time is not drawn", () => {
  const run = made((data) => data.events.ms.fill(null));
  assert.deepEqual(spans(run, FETCH), []);
});

test("a bar stands where its span is within the lane", () => {
  const [wait, moved] = bars(made(), [1, FETCH], 0, 10_000);
  assert.deepEqual([wait.visit, wait.thin, wait.x, Math.round(wait.width)], [1, true, 1, 19]);
  assert.deepEqual([moved.visit, moved.thin, moved.x, moved.width], [FETCH, false, 20, 10]);
});

test("a span that began before the lane begins with it, and one outside is left out", () => {
  const found = bars(made(), [1, FETCH], 2500, 4500);
  assert.deepEqual(
    found.map(({ kind, x, width }) => [kind, x, width]),
    [
      ["moved", 0, 25],
      ["off", 25, 75],
    ],
  );
});

test("a Pass too short to be seen is left out, an attempt as short is not", () => {
  const run = made((data) => {
    data.visits.state[1] = STATES.Done;
  });
  assert.deepEqual([...new Set(bars(run, [1, FETCH], 0, 10_000_000).map(({ visit }) => visit))], [FETCH]);
});

test("a symbol's own time begins with its first attempt", () => {
  assert.deepEqual(ownTime(made(), [1, FETCH]), [2000, 5500]);
});

test("without an attempt it begins where the symbol was first seen, and without a visit it is nothing", () => {
  assert.deepEqual(
    [ownTime(made(), [1]), ownTime(made(), [])],
    [
      [100, 2000],
      [0, 1],
    ],
  );
});

test("the longest own time is that of any row, and at least a millisecond", () => {
  assert.equal(longestOwnTime(made()), 3500);
  assert.equal(longestOwnTime(made((data) => Object.assign(data, { rows: [] }))), 1);
});
