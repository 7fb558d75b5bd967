import assert from "node:assert/strict";
import { test } from "node:test";
import { comparison, took, visitInWords } from "../../stockflow/page/js/words.mjs";
import { made } from "./made.mjs";

for (const [ms, words] of [
  [null, ""],
  [Number.NaN, ""],
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [59_940, "59.9 s"],
  [75_000, "1 min 15 s"],
  [7_260_000, "2 h 1 min"],
]) {
  test(`${ms} milliseconds are "${words}"`, () => assert.equal(took(ms), words));
}

test("a symbol that wrote rows says which, with its warnings", () => {
  const wrote = "This run: 4 rows added, 0 changed, 0 set aside; stored 2026-01-02 to 2026-11-20.";
  assert.deepEqual(comparison(made(), 0), [wrote, "a gap"]);
});

test("a symbol's last good run is told", () => {
  assert.deepEqual(comparison(made(), 1), [
    "Last good run 2026-11-19, 2026-11-19: saved in 1.5 s, 7 rows added, 0 changed.",
  ]);
});

test("of a last good run only what is known is told", () => {
  const run = made((data) => {
    data.rows[1][5] = ["x", "saved", null, 7, 0, ""];
  });
  assert.deepEqual(comparison(run, 1), ["Last good run x: saved, 7 rows added, 0 changed."]);
});

test("of an item whose workflow adds no rows, none are told", () => {
  const run = made((data) => {
    data.wrote.NFLX = [null, null, null, null, null, ["hard to hear"]];
  });
  assert.deepEqual(comparison(run, 1), ["hard to hear", "Last good run 2026-11-19, 2026-11-19: saved in 1.5 s."]);
});

test("nothing known gives no sentence", () => {
  assert.deepEqual(
    comparison(
      made((data) => Object.assign(data, { wrote: {} })),
      0,
    ),
    [],
  );
});

test("a visit says its type, place, beginning and length", () => {
  assert.equal(visitInWords(made(), 2), "Task in Each, 2.0 s after the start, took 3.5 s");
});

test("a visit that was not left took as long as its last event", () => {
  assert.equal(visitInWords(made(), 3), "Task in Each, 6.0 s after the start, took 1.5 s");
});
