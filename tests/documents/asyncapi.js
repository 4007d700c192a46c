// Reads a document with AsyncAPI's own parser: `node asyncapi.js FILE`. Fails on errors and warnings.
import { readFile } from "node:fs/promises";
import process from "node:process";

import { DiagnosticSeverity, Parser } from "@asyncapi/parser";

const [file] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"));
const problems = diagnostics.filter((one) => one.severity <= DiagnosticSeverity.Warning && one.code !== "asyncapi-info-contact");
for (const one of problems) console.error(`${file}: ${one.path.join(".")}: ${one.message} (${one.code})`);
if (!document || problems.length > 0) process.exit(1);
console.log(`${file}: ${document.operations().all().length} operations, no errors or warnings`);
