/** Every example of the README compiles under the strict settings of the package. */

import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

const FOLDER = new URL("../../", import.meta.url).pathname;
const README = readFileSync(`${FOLDER}README.md`, "utf8");
const EXAMPLES = new Map(
  [...README.matchAll(/^```ts\n(.*?)^```$/gms)].map((found, index) => [
    `${FOLDER}test/example-${index}.ts`,
    found[1] ?? "",
  ]),
);

test("every example of the README compiles", () => {
  const config = ts.readConfigFile(`${FOLDER}tsconfig.test.json`, (path) => readFileSync(path, "utf8"));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, FOLDER);
  // An example may import what it shows only in part.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { readFile, fileExists } = host;
  host.readFile = (path) => EXAMPLES.get(path) ?? readFile(path);
  host.fileExists = (path) => EXAMPLES.has(path) || fileExists(path);
  const program = ts.createProgram([...EXAMPLES.keys()], { ...options, noUnusedLocals: false }, host);
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map((found) => ts.flattenDiagnosticMessageText(found.messageText, "\n"));
  expect(EXAMPLES.size).toBeGreaterThan(3);
  expect(problems).toEqual([]);
});
