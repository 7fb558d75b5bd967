// Prints what the script makes of the data that is piped in, as JSON: events, visits and rows.
import { text } from "node:stream/consumers";
import { Run } from "../../stockflow/page/js/run.mjs";

const { events, visits, rows, states } = new Run(JSON.parse(await text(process.stdin)));
console.log(JSON.stringify({ events, visits, rows, states }));
