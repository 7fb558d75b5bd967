import assert from "node:assert/strict";
import { test } from "node:test";
import { first } from "../../stockflow/page/js/choice.mjs";
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
  unpackMeasured,
  written,
} from "../../stockflow/page/js/measured.mjs";
import { made } from "./made.mjs";

const PACKED = {
  title: "AAPL, 2026-10-29",
  measure: "tone",
  summary: "tone +0.10",
  facts: [["Length", "62 min"]],
  count: 4,
  part: [0, 0, 2, 2],
  who: [1, 1, 1, 3],
  at: [0.5, 20, 3661.9, null],
  value: [0.9, -0.1, -0.7, null],
  text: ["We are pleased.", "Thank you.", "Sales fell.", "Any question?"],
  names: ["Prepared remarks", "spk_0", "Questions and answers", "spk_1"],
};
const measured = () => unpackMeasured(structuredClone(PACKED));
const passagesOf = (values) => values.map((value, n) => ({ n, part: "", who: "", at: null, value, text: "x" }));

test("a passage has its place, speaker, time, value and words", () => {
  assert.deepEqual(measured().passages[2], {
    n: 2,
    part: "Questions and answers",
    who: "spk_0",
    at: 3661.9,
    value: -0.7,
    text: "Sales fell.",
  });
});

test("a run has the measured text of its row", () => {
  const run = made((data) => Object.assign(data, { measured: { 1: structuredClone(PACKED) } }));
  assert.equal(run.measured.get(1).summary, "tone +0.10");
  assert.equal(run.measured.get(0), undefined);
});

for (const [value, kind, words] of [
  [null, "unknown", "? not measured"],
  [-0.912, "low2", "▼▼ −0.91"],
  [-0.6, "low2", "▼▼ −0.60"],
  [-0.2, "low", "▼ −0.20"],
  [-0.19, "mid", "■ −0.19"],
  [-0.001, "mid", "■ 0.00"],
  [0, "mid", "■ 0.00"],
  [0.2, "high", "▲ +0.20"],
  [1, "high2", "▲▲ +1.00"],
]) {
  test(`${value} is ${kind}, and told without colour`, () => {
    assert.equal(level(value), kind);
    assert.equal(written(value), words);
  });
}

for (const [seconds, words] of [
  [null, ""],
  [0.4, "0:00"],
  [2467.2, "41:07"],
  [3600, "1:00:00"],
  [36_061, "10:01:01"],
]) {
  test(`${seconds} seconds are at "${words}"`, () => assert.equal(clock(seconds), words));
}

test("passages stand under the headings in the order in which they come", () => {
  const found = sections(measured().passages);
  assert.deepEqual(
    found.map(({ part, passages }) => [part, passages.length]),
    [
      ["Prepared remarks", 2],
      ["Questions and answers", 2],
    ],
  );
});

test("a speaker is named where another one spoke before", () => {
  const { passages } = measured();
  assert.deepEqual(
    lines(passages).map(({ who }) => who),
    ["spk_0", "", "", "spk_1"],
  );
});

test("passages that are left out are counted where they were", () => {
  const { passages } = measured();
  passages[1].text = "";
  passages[2].text = "";
  assert.deepEqual(
    lines(passages).map(({ passage, skipped }) => [passage?.n, skipped]),
    [
      [0, 0],
      [undefined, 2],
      [3, 0],
    ],
  );
});

test("how many are left out is said in words", () => {
  assert.deepEqual([1, 2].map(skippedInWords), ["1 passage left out", "2 passages left out"]);
});

test("the lowest come first, or the highest; those without a value or words do not come", () => {
  const { passages } = measured();
  passages[1].text = "";
  assert.deepEqual(
    strongest(passages, "lowest").map(({ n }) => n),
    [2, 0],
  );
  assert.deepEqual(
    strongest(passages, "highest").map(({ n }) => n),
    [0, 2],
  );
});

test("what is not in the page is told", () => {
  assert.equal(leftOut(measured()), "");
  assert.equal(
    leftOut({ ...measured(), count: 131 }),
    "4 of 131 passages are in this page, those with the strongest values.",
  );
});

test("columns go up and down from the middle and fill the width", () => {
  const [up, small, down] = columns(passagesOf([1, 0, -0.5]), 80);
  assert.deepEqual([up.y, up.height], [0, 40]);
  assert.deepEqual([small.y, small.height], [40, 1.5]);
  assert.deepEqual([down.y, down.height], [40, 20]);
  assert.ok(Math.abs(down.x + down.width - 100) < 1e-9);
});

test("the line is the mean around each passage", () => {
  const points = trend(passagesOf(Array(12).fill(0.5)), 80);
  assert.equal(points.length, 12);
  assert.ok(points.every(({ y }) => y === 20));
});

test("the line stays in the middle where nothing was measured", () => {
  assert.ok(trend(passagesOf(Array(12).fill(null)), 80).every(({ y }) => y === 40));
});

test("a few passages have no line", () => assert.deepEqual(trend(passagesOf([1, -1]), 80), []));

test("a heading begins where its first passage is", () => {
  assert.deepEqual(boundaries(measured().passages), [{ x: 50, part: "Questions and answers" }]);
});

test("the picture is told in words", () => {
  assert.equal(
    inWords(measured()),
    "The tone of 3 passages, from −0.70 to +0.90: 1 clearly below zero, 1 clearly above.",
  );
  assert.equal(inWords({ ...measured(), passages: passagesOf([null]) }), "No passage has a value of tone.");
});

test("where nothing went wrong, the first measured text is chosen", () => {
  const text = structuredClone(PACKED);
  const well = made((data) => {
    Object.assign(data, { measured: { 1: text }, cause: -1 });
    data.rows.reverse();
    data.rows[0][4] = -1;
    data.rows[1][4] = -1;
  });
  assert.deepEqual(first(well), { row: 1 });
  const bad = made((data) => Object.assign(data, { measured: { 0: text } }));
  assert.deepEqual(first(bad), { visit: 3 });
});
