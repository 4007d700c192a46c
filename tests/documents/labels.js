// Renders labels and reads their barcodes: a JSON list of `{ zpl, dpi }` comes in, one of `{ png, barcodes }` goes out.
import { readFile } from "node:fs/promises";
import process from "node:process";
import { text } from "node:stream/consumers";

import { ready } from "zpl-renderer-js";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

// Without this the reader would be taken from the network.
const reader = new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: await readFile(reader) } });

const INCH = 25.4;
const sizeOf = (zpl, command) => Number(zpl.match(`\\^${command}(\\d+)`)[1]);
const { api } = await ready;
const labels = [];
for (const { zpl, dpi } of JSON.parse(await text(process.stdin))) {
  // The renderer knows whole dots per millimetre only: of 203 dpi printers 8, of 300 dpi printers 12.
  const dots = Math.round(dpi / INCH);
  const png = await api.zplToBase64Async(zpl, sizeOf(zpl, "PW") / dots, sizeOf(zpl, "LL") / dots, dots);
  const read = await readBarcodes(Buffer.from(png, "base64"));
  labels.push({ png, barcodes: read.map(({ format, text, symbologyIdentifier }) => ({ format, text, symbologyIdentifier })) });
}
process.stdout.write(JSON.stringify(labels), () => process.exit(0));
