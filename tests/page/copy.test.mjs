import assert from "node:assert/strict";
import { test } from "node:test";
import { copy } from "../../stockflow/page/js/dom/elements.mjs";

test("a button that is pressed twice says Copy again in the end", async (t) => {
  const copied = [];
  const later = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  t.mock.method(globalThis, "setTimeout", (act) => later.push(act));
  const button = { textContent: "Copy" };
  await copy("a", button);
  await copy("b", button);
  assert.deepEqual([copied, button.textContent], [["a", "b"], "Copied"]);
  for (const act of later) act();
  assert.equal(button.textContent, "Copy");
});
