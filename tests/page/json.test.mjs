import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, highlight, parse, parseObject } from "../../stockflow/page/js/json.mjs";

test("keys, strings and other values are told apart", () => {
  const kinds = highlight('{"a": "b", "c": [-1.5e3, true, null]}').filter(([, kind]) => kind);
  assert.deepEqual(kinds, [
    ['"a"', "k"],
    ['"b"', "s"],
    ['"c"', "k"],
    ["-1500", "n"],
    ["true", "n"],
    ["null", "n"],
  ]);
});

for (const text of [
  '{"a":{"b\\"c":[1,"x: y",{}]},"d":"\\\\"}',
  "[]",
  '"only"',
  "12",
  '{"10": "-1 true \\"q\\": null"}',
]) {
  test(`the parts of ${text} are the text with line breaks`, () => {
    const whole = highlight(text).map(([part]) => part);
    assert.equal(whole.join(""), JSON.stringify(JSON.parse(text), null, 2));
  });
}

test("what looks like a number within a string is a string", () => {
  assert.deepEqual(highlight('"1 true"'), [['"1 true"', "s"]]);
});

test("text that is no JSON is shown as it is", () => {
  assert.deepEqual(highlight("{not"), [["{not"]]);
});

test("a very long text has no colours", () => {
  const long = JSON.stringify(["x".repeat(60_001)]);
  assert.equal(highlight(long).length, 1);
});

test("parsing gives undefined where there is nothing to parse", () => {
  assert.deepEqual([parse(undefined), parse(""), parse("{"), parse("null")], [undefined, undefined, undefined, null]);
});

test("what is no object is an empty one", () => {
  assert.deepEqual(
    [parseObject('"x"'), parseObject("null"), parseObject("{"), parseObject('{"a":1}')],
    [{}, {}, {}, { a: 1 }],
  );
});

test("a string is its own text", () => {
  assert.deepEqual([asText("a"), asText({ a: 1 }), asText(0)], ["a", '{"a":1}', "0"]);
});
