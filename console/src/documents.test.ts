import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const HERE = import.meta.dirname;
const DOCUMENT = readFileSync(join(HERE, "../../docs/console.md"), "utf8");
const BLOCKS = [...DOCUMENT.matchAll(/^ *```ts\n([\s\S]*?)^ *```/gm)].map(([, code = ""]) => code);

function withoutSpace(text: string): string {
  return text.replaceAll(/[\s,]+/g, "");
}

test("the code in docs/console.md is that of the console", () => {
  const sources = readdirSync(HERE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => withoutSpace(readFileSync(join(HERE, name), "utf8")));
  expect(BLOCKS.length).toBeGreaterThan(3);
  for (const block of BLOCKS) {
    expect(
      sources.some((source) => source.includes(withoutSpace(block))),
      block,
    ).toBe(true);
  }
});
