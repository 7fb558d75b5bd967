import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, step, stepRound, wordOf } from "../../stockflow/page/js/rows.mjs";

const SAVED = { symbol: "AAPL", status: "ok", outcome: "saved" };
const PLAIN = { symbol: "X", status: "ok", outcome: "" };
const shown = () => "saved AAPL Save";

test("a row's word is its outcome, else its status in the table's words", () => {
  assert.deepEqual(
    [wordOf(SAVED), wordOf(PLAIN), wordOf({ status: "running", outcome: "" })],
    ["saved", "succeeded", "running"],
  );
});

for (const [text, word, expected] of [
  ["", undefined, true],
  ["aapl", undefined, true],
  ["save", "saved", true],
  ["msft", undefined, false],
  ["", "failed", false],
  ["msft", "saved", false],
]) {
  test(`AAPL ${expected ? "fits" : "does not fit"} "${text}" and ${word ?? "any word"}`, () => {
    assert.equal(fits(SAVED, shown, { text, word }), expected);
  });
}

test("the table is not read where no text is looked for", () => {
  assert.ok(fits(SAVED, assert.fail, { text: "", word: undefined }));
});

test("a step ends at either end, and begins with the first", () => {
  assert.deepEqual([step(0, 1, 3), step(2, 1, 3), step(0, -1, 3), step(-1, -1, 3)], [1, 2, 0, 0]);
});

test("after the last failure comes the first", () => {
  assert.deepEqual([stepRound(0, 2), stepRound(1, 2), stepRound(-1, 2)], [1, 0, 0]);
});
