import assert from "node:assert/strict";
import { test } from "node:test";
import { requestOf, tries } from "../../stockflow/page/js/attempts.mjs";
import { made } from "./made.mjs";

test("attempts have their time, the back-off before them, and a calm error is a moved slot", () => {
  const run = made();
  assert.deepEqual(tries(run, run.visits[2].attempts), [
    { pause: "", status: "moved", word: "SlotMoved", took: "1.0 s", request: "r-1" },
    { pause: "2.0 s", status: "ok", word: "ok", took: "500 ms", request: "r-2" },
  ]);
});

test("a failure without a name is called failed, and an attempt that goes on has no time", () => {
  const run = made();
  const attempt = { scheduled: 6, started: -1, ended: -1, status: "running", failure: { error: "", cause: "" } };
  assert.deepEqual(tries(run, [attempt]), [
    { pause: "", status: "running", word: "failed", took: "", request: undefined },
  ]);
});

for (const [where, cause, id] of [
  ["the cause", '{"errorMessage":"x","requestId":"abc"}', "abc"],
  ["what Lambda says of a time-out", '{"errorMessage":"RequestId: abc Error: timed out"}', "abc"],
  ["nowhere", "not JSON", undefined],
]) {
  test(`the request id of a failure is read from ${where}`, () => {
    assert.equal(requestOf(made(), { ended: 7, failure: { error: "E", cause } }), id);
  });
}

test("the request id of a success is in what the service gave", () => {
  assert.equal(requestOf(made(), { ended: 9, failure: null }), "r-2");
});
