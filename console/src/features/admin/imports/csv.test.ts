import { expect, test } from "vitest";
import { CsvParser, type CsvRow, csvOf, separatorOf } from "./csv";

function parse(text: string, pieces = 1): CsvRow[] {
  const parser = new CsvParser();
  const size = Math.ceil(text.length / pieces);
  const rows: CsvRow[] = [];
  for (let start = 0; start < text.length; start += size) rows.push(...parser.push(text.slice(start, start + size)));
  return [...rows, ...parser.end()];
}

const TEXT = 'a,b\r\n"one, ""two""\r\nthree",4\n\n5,\r6,"7"';
const ROWS: CsvRow[] = [
  { line: 1, cells: ["a", "b"] },
  { line: 2, cells: ['one, "two"\r\nthree', "4"] },
  { line: 5, cells: ["5", ""] },
  { line: 6, cells: ["6", "7"] },
];

test("rows have the line on which they begin, also after cells with line ends and empty lines", () => {
  expect(parse(TEXT)).toEqual(ROWS);
});

test.each([2, 3, 7, TEXT.length])("the text may come in %i pieces", (pieces) => {
  expect(parse(TEXT, pieces)).toEqual(ROWS);
});

test("an invalid row is reported, and reading goes on after it", () => {
  const [first, second, third] = parse('"a"b,c\nd,e\n"f');
  expect(first?.error).toContain("closing quote");
  expect(second?.cells).toEqual(["d", "e"]);
  expect(third).toMatchObject({ line: 3, error: expect.stringContaining("not closed") });
});

test("semicolons and tabs are recognised as separators", () => {
  expect(separatorOf("a;b")).toBe(";");
  expect(separatorOf("a\tb")).toBe("\t");
  expect(separatorOf("a,b;c")).toBe(",");
});

test("written cells are quoted where necessary, and never formulas", () => {
  expect(
    csvOf([
      ["Line", "Error"],
      [3, '=1+1, "x"'],
    ]),
  ).toBe('Line,Error\r\n3,"\'=1+1, ""x"""');
});
