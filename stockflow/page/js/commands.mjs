/** Command lines that are ready to be pasted into a terminal. */

/** @import { Run } from "./run.mjs" */

import { parse, parseObject } from "./json.mjs";

// No control character may come out of a paste into a terminal, and none may turn round what is read.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** The text as one word of a POSIX shell. @param {unknown} text */
export const quote = (text) => `'${String(text).replace(UNSAFE, "").replaceAll("'", "'\\''")}'`;

/** @param {string} reference how commands name the run, quoted @param {string} symbol or none @param {string} state */
export function replay(reference, symbol, state) {
  const whose = symbol && ` --symbol ${/^[\w.@%+=:,/-]+$/.test(symbol) ? symbol : quote(symbol)}`;
  return `stockflow replay ${reference}${whose} --state ${/^[\w-]+$/.test(state) ? state : quote(state)}`;
}

/** The page of one shard. @param {string} reference how commands name the run, quoted @param {string} shard */
export const showShard = (reference, shard) => `stockflow show ${reference}/shards/${shard}`;

/**
 * Runs one state on AWS. The parameters are those that were sent: TestState has no execution around the state that
 * paths could lead into.
 *
 * @param {Run} run
 * @param {string} source the state's definition
 * @param {string} input
 * @param {string} sent
 */
export function testState(run, source, input, sent) {
  const state = JSON.stringify({ ...parseObject(source), Parameters: parse(sent) });
  const role = run.detail(0, "roleArn") ?? "<ARN of the workflow's role>";
  const region = String(run.arn).split(":")[3];
  const where = `--region ${region} --role-arn ${quote(role)} --inspection-level DEBUG`;
  return `aws stepfunctions test-state ${where} --definition ${quote(state)} --input ${quote(input)}`;
}
