// Runs all tests in one process: `node --test` starts one for each file, and takes ten times as long.
import { readdirSync } from "node:fs";

for (const file of readdirSync(new URL(".", import.meta.url))) {
  if (file.endsWith(".test.mjs")) await import(`./${file}`);
}
