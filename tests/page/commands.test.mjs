import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { quote, replay, showShard, testState } from "../../stockflow/page/js/commands.mjs";
import { made } from "./made.mjs";

const words = (command) =>
  execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" }).slice(0, -1);

for (const text of ["plain", "it's", '$(id) `id` \\ " ; & |', "two\nlines", "-rf"]) {
  test(`a shell reads ${JSON.stringify(text)} as it was`, () => assert.equal(words(quote(text)), text));
}

test("no control character and no turning mark gets into a terminal", () => {
  assert.equal(quote("a\u0000\u0007\u001b[2J\u007f\u009b\u202e\u2066\r\tb\nc"), "'a[2Jb\nc'");
});

test("a replay names symbol and state, quoted where they need it", () => {
  assert.equal(replay("latest", "BRK.B", "Fetch"), "stockflow replay latest --symbol BRK.B --state Fetch");
  assert.equal(replay("x", "$(id)", "Save It"), "stockflow replay x --symbol '$(id)' --state 'Save It'");
  assert.equal(replay("x", "", "Plan"), "stockflow replay x --state Plan");
});

test("a shard is shown by the run's name and its own", () => {
  assert.equal(showShard("latest", "0007"), "stockflow show latest/shards/0007");
  assert.deepEqual(words(showShard("'a b'", "0007")).split("\n").at(-1), "a b/shards/0007");
});

test("TestState is given the region, the role, the parameters that were sent, and the input", () => {
  const command = testState(made(), '{"Type":"Task","Parameters":{"a.$":"$.a"}}', '{"symbol":"AAPL"}', '{"a":1}');
  assert.deepEqual(words(command).split("\n"), [
    "aws",
    "stepfunctions",
    "test-state",
    "--region",
    "eu-west-1",
    "--role-arn",
    "arn:aws:iam::1:role/it's",
    "--inspection-level",
    "DEBUG",
    "--definition",
    '{"Type":"Task","Parameters":{"a":1}}',
    "--input",
    '{"symbol":"AAPL"}',
  ]);
});

test("where the role is not known the command says what to write", () => {
  const run = made((data) => {
    delete data.events.details[0].roleArn;
  });
  assert.match(testState(run, "{}", "{}", "{}"), /--role-arn '<ARN of the workflow'\\''s role>'/);
});
