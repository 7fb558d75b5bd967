// Checks Amazon States Language definitions with the two linters that are there for it:
// AWS's own language service (types, enums, targets, unreachable states) and asl-validator (the rest of the schema).
// Usage: node lint_asl.mjs FILE...   Exit status 1 if either finds anything.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { getLanguageService, TextDocument } = require("amazon-states-language-service");
const aslValidator = require("asl-validator");

const service = getLanguageService({});

async function findings(file) {
  const text = readFileSync(file, "utf8");
  const document = TextDocument.create(`file:///${file}`, "asl", 1, text);
  const diagnostics = await service.doValidation(document, service.parseJSONDocument(document));
  const fromService = diagnostics.map(
    (one) => `${file}:${one.range.start.line + 1}: ${one.message} (amazon-states-language-service)`,
  );
  const fromValidator = aslValidator(JSON.parse(text)).errors.map(
    (one) => `${file}: ${one.Message ?? one.message} ${one["Error code"] ?? ""} (asl-validator)`,
  );
  return [...fromService, ...fromValidator];
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Name at least one definition: node lint_asl.mjs statemachine/daily_prices.asl.json");
  process.exit(2);
}
const all = (await Promise.all(files.map(findings))).flat();
for (const line of all) console.error(line);
process.exit(all.length ? 1 : 0);
