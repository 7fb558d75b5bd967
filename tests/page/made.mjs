// A small run as page_data.py packs it: AAPL waits, fails once, backs off and is saved; NFLX fails.
import { Run } from "../../stockflow/page/js/run.mjs";

const BAD = '{"errorType":"BadPrices","errorMessage":"No row can go in","stackTrace":["a\\n","b"],"requestId":"r-3"}';
const TEXTS = [
  '{"symbols":["AAPL","NFLX"]}',
  '{"symbol":"AAPL"}',
  '{"FunctionName":"fetch"}',
  '{"SdkResponseMetadata":{"RequestId":"r-2"}}',
  '{"symbol":"NFLX"}',
  '{"errorMessage":"RequestId: r-1 Error: Task timed out"}',
  BAD,
];
const EVENTS = [
  // type, milliseconds since the event before, visit, details
  ["ExecutionStarted", 0, -1, { input: [0], roleArn: "arn:aws:iam::1:role/it's" }],
  ["MapStateEntered", 0, 0, { name: "Each", input: [1] }],
  ["MapIterationStarted", 0, 0, { name: "Each" }],
  ["WaitStateEntered", 100, 1, { name: "Wait" }],
  ["WaitStateExited", 1900, 1, { name: "Wait" }],
  ["TaskStateEntered", 0, 2, { name: "Fetch", input: [0] }],
  ["TaskScheduled", 0, 2, { parameters: [0], resource: "invoke" }],
  ["TaskFailed", 1000, 2, { error: "SlotMoved" }],
  ["TaskScheduled", 2000, 2, { parameters: [1], resource: "invoke" }],
  ["TaskSucceeded", 500, 2, { output: [0] }],
  ["TaskStateExited", 0, 2, { name: "Fetch", output: [4] }],
  ["TaskStateEntered", 500, 3, { name: "Fetch", input: [0] }],
  ["TaskScheduled", 0, 3, { parameters: [3], resource: "invoke" }],
  ["TaskFailed", 1500, 3, { error: "BadPrices" }],
  ["ExecutionFailed", null, -1, { error: "SymbolsFailed" }],
];

const STATES = [
  ["Each", "Map", "", "{}"],
  ["Wait", "Wait", "Each", "{}"],
  ["Fetch", "Task", "Each", '{"Type":"Task","Parameters":{"a.$":"$.a"}}'],
  ["Done", "Pass", "", "{}"],
];
const VISITS = {
  state: [0, 1, 2, 2],
  row: [-1, 0, 0, 1],
  status: [0, 1, 1, 0],
  statuses: ["failed", "ok"],
  entered: [0, 0, 0, 0],
  exited: [-1, 1, 5, -1],
  attempts: [
    [],
    [],
    [
      [1, -1, 2, "failed", ["SlotMoved", 5]],
      [3, -1, 4, "ok"],
    ],
    [[1, -1, 2, "failed", ["BadPrices", 6]]],
  ],
  failure: { 3: ["BadPrices", 6] },
};
const ROWS = [
  ["AAPL", "ok", "saved", [1, 2], -1, 0],
  ["NFLX", "failed", "", [3], 3, ["2026-11-19", "saved", 1.5, 7, 0, "2026-11-19"]],
];

function events() {
  const types = [...new Set(EVENTS.map(([type]) => type))];
  return {
    types,
    id: [],
    type: EVENTS.map(([type]) => types.indexOf(type)),
    ms: EVENTS.map(([, since]) => since),
    visit: EVENTS.map(([, , visit]) => visit),
    details: EVENTS.map(([, , , details]) => details),
    row: [2, 0],
  };
}

function packed() {
  return structuredClone({
    began: 5000,
    ended: 15_000,
    arn: "arn:aws:states:eu-west-1:1:execution:daily:x",
    cause: 3,
    calm: ["SlotMoved"],
    states: STATES,
    events: events(),
    visits: VISITS,
    rows: ROWS,
    wrote: { AAPL: [4, null, null, "2026-01-02", "2026-11-20", ["a gap"]] },
    logs: { "r-3": ["one", "two"] },
    texts: TEXTS,
    measured: {},
  });
}

/** The run, changed before it is unpacked. */
export function made(change = () => {}) {
  const data = packed();
  change(data);
  return new Run(data);
}
