import assert from "node:assert/strict";
import { test } from "node:test";
import { logLine, trace } from "../../stockflow/page/js/logs.mjs";

const written = (record) =>
  logLine(JSON.stringify(record))
    .map(([text]) => text)
    .join("");

test("a record is its level, its message and what else it says", () => {
  assert.equal(written({ level: "INFO", message: "Saved", rows: 4, of: { a: 1 } }), 'INFO Saved  rows: 4  of: {"a":1}');
});

test("what the page says already is left out", () => {
  assert.equal(
    written({ level: "INFO", message: "Saved", symbol: "AAPL", timestamp: "t", stack_trace: {} }),
    "INFO Saved",
  );
});

test("an error is coloured, another level is not", () => {
  const colour = (level) => logLine(JSON.stringify({ level, message: "" }))[0][1];
  assert.deepEqual(["ERROR", "CRITICAL", "WARNING"].map(colour), ["lv failed err", "lv failed err", "lv "]);
});

test("an exception follows on lines of its own", () => {
  assert.equal(
    written({ level: "ERROR", message: "No", exception: "in a\n    x()\n    ^^^\nBoom\n" }),
    "ERROR No\nin a\n    x()\nBoom",
  );
});

test("metrics are shown small", () => {
  assert.deepEqual(logLine('{"_aws":{}}'), [['metrics {"_aws":{}}', "small"]]);
});

for (const line of ["START RequestId: 1", "null", "12", '{"level":"INFO"}', '{"message":"x"}', '["a"]']) {
  test(`${line} is no record and is shown as it is`, () => assert.deepEqual(logLine(line), [[line]]));
}

test("a trace is without the lines that only point", () => {
  assert.equal(
    trace(["  File a\n    f(x)\n      ~^~\n", "  File b\n    ~x\n"]),
    "  File a\n    f(x)\n  File b\n    ~x",
  );
});
