import { expect, test } from "vitest";
import { code128Widths } from "./code128";
import { parseZpl } from "./zpl";

/** A label as the API sends it. */
const ZPL = [
  "^XA",
  "^CI28",
  "^PW812",
  "^LL1218",
  "^LH0,0",
  "^FO40,72^A0N,48,48^FH_^FDCaf_C3_A9 _5Ea_5E <b>_7E^FS",
  "^FO40,190^GB732,3,3^FS",
  "^FO94,885^BY4,3,260^BCN,260,N,N,N^FD>;>800395212340000000018^FS",
  "^FO0,1160^A0N,42,42^FB812,1,0,C^FD(00)395212340000000018^FS",
  "^XZ",
  "",
].join("\n");

test("a label is read with its texts, its lines and its barcode", () => {
  const label = parseZpl(ZPL);
  expect([label.width, label.height]).toEqual([812, 1218]);
  expect(label.unknown).toEqual([]);
  const [name, line, bars, sscc] = label.elements;
  expect(name).toEqual({ kind: "text", x: 40, y: 72, text: "Café ^a^ <b>~", height: 48, width: 48, centredIn: null });
  expect(line).toEqual({ kind: "box", x: 40, y: 190, width: 732, height: 3, thickness: 3 });
  expect(bars).toMatchObject({ kind: "barcode", x: 94, y: 885, module: 4, height: 260 });
  expect(sscc).toMatchObject({ text: "(00)395212340000000018", centredIn: 812 });
});

test("the dots of a graphic are read, and a comma ends a row of them", () => {
  const { elements, unknown } = parseZpl("^XA^FO40,58^GFA,6,6,2,F00F,0180^FS^XZ");
  expect(unknown).toEqual([]);
  const runs = [
    { left: 0, top: 0, width: 4 },
    { left: 12, top: 0, width: 4 },
    { left: 7, top: 2, width: 2 },
  ];
  expect(elements).toEqual([{ kind: "graphic", x: 40, y: 58, runs }]);
});

test("a graphic of another form or of a wrong length is reported", () => {
  for (const data of ["A,6,6,2,F00F0180", "A,6,6,2,:Z64:eJw=:1234", "B,6,6,2,data"]) {
    expect(parseZpl(`^XA^FO1,1^GF${data}^FS^XZ`)).toMatchObject({ elements: [], unknown: ["^GF"] });
  }
});

test("a command that the preview does not know is reported", () => {
  expect(parseZpl("^XA^FO1,1^BQN,2,3^FDdata^FS^XZ").unknown).toEqual(["^BQ"]);
  expect(parseZpl("^XA^FO1,1^BCN,10^FD>;1x^FS^XZ").unknown).toEqual(["^BC"]);
});

test("an SSCC becomes a GS1-128 with start C, FNC1 and ten pairs of digits", () => {
  const widths = code128Widths(">;>800395212340000000018");
  expect(widths.reduce((sum, width) => sum + width, 0)).toBe(156);
  expect(widths.slice(0, 12).join("")).toBe("211232411131");
  expect(widths.slice(-7).join("")).toBe("2331112");
});

test("text becomes a Code 128 of subset B with its check character", () => {
  // The check value of "Wikipedia" is 88, whose pattern this is.
  expect(code128Widths("Wikipedia").slice(-13, -7).join("")).toBe("421211");
});
