import assert from "node:assert/strict";
import { test } from "node:test";
import { made } from "./made.mjs";

test("an event's time counts from the beginning, and is null where the history has none", () => {
  const run = made();
  assert.deepEqual([run.at(4), run.at(9), run.at(14), run.at(-1)], [2000, 5500, null, null]);
});

test("a run without beginning or end has a length all the same", () => {
  assert.deepEqual([made().length, made((data) => Object.assign(data, { ended: null })).length], [10_000, 1]);
});

test("a long text stands in every event that used it", () => {
  const run = made();
  assert.equal(run.text(1, "input"), '{"symbols":["AAPL","NFLX"]}');
  assert.equal(run.text(5, "input"), '{"symbol":"AAPL"}');
  assert.equal(run.text(12, "parameters"), '{"FunctionName":"fetch"}');
  assert.equal(run.text(10, "output"), '{"symbols":["AAPL","NFLX"]}');
});

test("what an event does not say is undefined", () => {
  const run = made();
  assert.deepEqual(
    [run.detail(0, "error"), run.text(0, "error"), run.detail(-1, "input")],
    [undefined, undefined, undefined],
  );
});

test("a row says in which shard it is only where that one's history is elsewhere", () => {
  const run = made((data) => data.rows[0].push("0007"));
  assert.deepEqual([run.rows[0].shard, run.rows[1].shard], ["0007", ""]);
});

test("ids count from 1 unless the data has its own", () => {
  const run = made((data) => data.events.id.push(1, "2:7"));
  assert.deepEqual([run.events[1].id, run.events[2].id], ["2:7", 3]);
});

test("a visit knows its events, where it was entered and left, and its attempts", () => {
  const { entered, exited, events, attempts } = made().visits[2];
  assert.deepEqual([entered, exited, events], [5, 10, [5, 6, 7, 8, 9, 10]]);
  assert.deepEqual(attempts[0].failure, {
    error: "SlotMoved",
    cause: '{"errorMessage":"RequestId: r-1 Error: Task timed out"}',
  });
  assert.deepEqual(
    [attempts[1].scheduled, attempts[1].started, attempts[1].ended, attempts[1].failure],
    [8, -1, 9, null],
  );
});

test("a visit that was never left has no exit", () => {
  const { exited, failure } = made().visits[3];
  assert.deepEqual([exited, failure.error], [-1, "BadPrices"]);
});

test("an event belongs to its visit's row, but for the exceptions", () => {
  assert.deepEqual(
    made()
      .events.slice(0, 4)
      .map(({ row }) => row),
    [-1, -1, 0, 0],
  );
});

test("which errors are no failures is in the data", () => {
  const run = made((data) => Object.assign(data, { calm: ["BadPrices"] }));
  assert.ok(run.isCalm(run.visits[3].failure));
  assert.ok(!run.isCalm(run.visits[2].attempts[0].failure));
  assert.ok(!run.isCalm(null));
});

test("what a manifest leaves out was not written", () => {
  const { added, changed, rejected } = made().wrote.get("AAPL");
  assert.deepEqual([added, changed, rejected], [4, 0, 0]);
});
