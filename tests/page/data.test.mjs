import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { read } from "../../stockflow/page/js/dom/data.mjs";

const DATA = { symbol: "BRK.B – Ü 日本", many: "x".repeat(200_000) };

test("JSON is read as it stands in the page", async () => {
  assert.deepEqual(await read({ type: "application/json", textContent: JSON.stringify(DATA) }), DATA);
});

test("packed JSON is unpacked", async () => {
  const textContent = gzipSync(JSON.stringify(DATA)).toString("base64");
  assert.deepEqual(await read({ type: "application/octet-stream", textContent }), DATA);
});
