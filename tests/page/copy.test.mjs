import assert from "node:assert/strict";
import { test } from "node:test";
import { copy } from "../../stockflow/page/js/dom/elements.mjs";

test("a button that is pressed again before it has changed back says Copy in the end", async (t) => {
  const copied = [];
  const clipboard = { writeText: async (text) => copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const button = { textContent: "Copy" };
  await copy("a", button);
  await copy("a", button);
  assert.deepEqual([copied, button.textContent], [["a", "a"], "Copied"]);
  t.mock.timers.runAll();
  assert.equal(button.textContent, "Copy");
});
