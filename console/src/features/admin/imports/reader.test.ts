import { expect, test } from "vitest";
import type { Dataset } from "./dataset";
import { readFile } from "./reader";

const DATASET: Dataset = {
  name: "plates",
  title: "Plates",
  path: "/v1/imports/plates",
  permission: undefined,
  columns: [
    { name: "number", required: true, type: "string", meaning: "" },
    { name: "quantity", required: true, type: "number", meaning: "" },
    { name: "tags", required: false, type: "array", meaning: "" },
  ],
  example: {},
};

function read(name: string, ...content: (string | Uint8Array<ArrayBuffer>)[]) {
  return readFile(new File(content, name), DATASET, () => undefined);
}

test("a CSV gives typed records, and errors with their lines", async () => {
  const { records, errors } = await read(
    "plates.csv",
    '\ufeffnumber,quantity,tags\n007,1.5,a|b\n8,many,\n9\n,2,"[""x, y""]"\n10,3,',
  );
  expect(records).toEqual([
    { line: 2, value: { number: "007", quantity: 1.5, tags: ["a", "b"] } },
    { line: 6, value: { number: "10", quantity: 3 } },
  ]);
  expect(errors).toEqual([
    { line: 3, field: "quantity", message: "must be a number" },
    { line: 4, field: "record", message: "has 1 cells and the header has 3" },
    { line: 5, field: "number", message: "is required" },
  ]);
});

test("NDJSON and JSON lists are read too", async () => {
  const ndjson = await read("plates.ndjson", '{"number": "1", "quantity": 2}\n\nnothing\n{"quantity": 3}');
  expect(ndjson.records).toEqual([{ line: 1, value: { number: "1", quantity: 2 } }]);
  expect(ndjson.errors.map(({ line, field }) => [line, field])).toEqual([
    [3, "record"],
    [4, "number"],
  ]);
  const json = await read("plates.json", '[{"number": "1", "quantity": 2}]');
  expect(json.records).toHaveLength(1);
});

test.each([
  ["plates.xlsx", "x", "ends neither"],
  ["plates.csv", "number,weight\n1,2", "Unknown column “weight”"],
  ["plates.csv", "number,number\n1,2", "there twice"],
  ["plates.csv", "number\n1", "“quantity” is missing"],
  ["plates.csv", "", "no records"],
  ["plates.json", "{}", "not a JSON list"],
])("%s is refused as a whole", async (name, content, message) => {
  await expect(read(name, content)).rejects.toThrow(message);
});

test("a file that is not UTF-8 is refused", async () => {
  await expect(read("plates.csv", "number,quantity\n", new Uint8Array([0xe9, 0x0a]))).rejects.toThrow("UTF-8");
});
