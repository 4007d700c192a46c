// Fails if what a first visit loads is larger than the budget: `npm run size`. Counted is what a page and the frame around it
// import, for the larger of the start page and the list of orders, compressed as CloudFront sends it to browsers (Brotli). Maps
// and charts load when they are shown.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const BUDGET = 250 * 1024;
const DIST = new URL("../dist/", import.meta.url);
const FRAME = ["index.html", "src/app/frame.tsx", "src/app/guarded.tsx"];
const PAGES = ["src/features/overview/page.tsx", "src/features/dispatch/orders-page.tsx"];

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

export function filesOf(entries) {
  const files = new Set(["index.html"]);
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`The build has no ${name}.`);
    files.add(chunk.file);
    for (const file of chunk.css ?? []) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const entry of entries) visit(entry);
  return [...files];
}

export function compressedSize(file) {
  return brotliCompressSync(readFileSync(new URL(file, DIST))).length;
}

const visits = PAGES.map((page) => {
  const files = filesOf([...FRAME, page]).map((file) => ({ file, bytes: compressedSize(file) }));
  return { files, total: files.reduce((sum, { bytes }) => sum + bytes, 0) };
});
const { files, total } = visits.reduce((largest, visit) => (visit.total > largest.total ? visit : largest));
for (const { file, bytes } of files.sort((a, b) => b.bytes - a.bytes).slice(0, 8)) {
  process.stdout.write(`${String(Math.round(bytes / 1024)).padStart(6)} KB  ${file}\n`);
}
process.stdout.write(`First load: ${Math.round(total / 1024)} KB in ${files.length} files, of ${BUDGET / 1024} KB\n`);
if (total > BUDGET) {
  process.stderr.write("The first load is larger than its budget.\n");
  process.exitCode = 1;
}
