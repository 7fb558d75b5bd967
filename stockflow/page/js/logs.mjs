/** Log lines and traces as they are shown. */

/** @import { Part } from "./json.mjs" */

import { asText, parseObject } from "./json.mjs";

// What a log line says of its place, which the page says already, and the trace a second time.
const KNOWN = [
  "timestamp",
  "location",
  "service",
  "state",
  "execution",
  "symbol",
  "attempt",
  "function_request_id",
  "xray_trace_id",
  "exception_name",
  "stack_trace",
];

/** Without the lines that only point at a part of the line above. @param {unknown[]} lines */
export function trace(lines) {
  const whole = lines.map((line) => String(line).trimEnd()).join("\n");
  return whole.replace(/\n *[~^]+(?=\n|$)/g, "");
}

/**
 * The line's level, message and the rest; what is no log record is shown as it is.
 *
 * @param {string} line
 * @returns {Part[]}
 */
export function logLine(line) {
  const record = parseObject(line);
  if (record._aws) return [[`metrics ${line}`, "small"]];
  if (record.message === undefined || !record.level) return [[line]];
  const { level, message, exception, ...rest } = record;
  for (const name of KNOWN) delete rest[name];
  const more = Object.entries(rest).map(([name, value]) => `  ${name}: ${asText(value)}`);
  const raised = exception ? `\n${trace([exception])}` : "";
  const colour = level === "ERROR" || level === "CRITICAL" ? "failed err" : "";
  return [[String(level), `lv ${colour}`], [` ${asText(message)}`], [`${more.join("")}${raised}`, "small"]];
}
