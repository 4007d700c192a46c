import { expect, test } from "vitest";
import type { Schema } from "~/api/schema";
import { csvOf } from "./download";
import { joined, nextToken, parse } from "./epcis";
import { moveOf, type TraceNode, treeOf, visibleNodes } from "./trace-tree";

type Trace = Schema<"TraceView">;

const CELL: Trace = {
  serial: "C-1",
  kind: "cell",
  id: "C-1",
  status: "BOUND",
  ancestors: [
    { kind: "module", id: "MOD-1", serial: "M-1", status: "SEALED" },
    { kind: "pack", id: "PCK-1", serial: "P-1", status: "FINALIZED" },
    { kind: "batch", id: "BAT-made", status: "COMPLETED" },
    { kind: "batch", id: "BAT-pack", status: "IN_PROGRESS" },
    { kind: "sku", id: "SKU-1", status: "ACTIVE" },
  ],
  descendants: [],
  holds: [],
};

const PACK: Trace = {
  serial: "P-1",
  kind: "pack",
  id: "PCK-1",
  status: "FINALIZED",
  ancestors: [{ kind: "sku", id: "SKU-1", status: "ACTIVE" }],
  descendants: [
    { kind: "module", id: "MOD-1", serial: "M-1", status: "SEALED" },
    { kind: "cell", id: "C-1", serial: "C-1" },
  ],
  holds: [],
};

function outline({ key, children }: TraceNode): unknown {
  return children.length === 0 ? key : { [key]: children.map(outline) };
}

test("a cell stands in its module, pack, the pack's batch and the SKU", () => {
  const root = treeOf([CELL]);
  expect(outline(root)).toEqual({
    "sku:SKU-1": [{ "batch:BAT-pack": [{ "pack:PCK-1": [{ "module:MOD-1": ["cell:C-1"] }] }] }],
  });
  const module = visibleNodes(root, new Set()).find(({ node }) => node.kind === "module")?.node;
  expect(module?.madeIn).toBe("BAT-made");
});

test("a page that begins with cells goes on with the module of the page before", () => {
  const next: Trace = {
    ...PACK,
    descendants: [
      { kind: "cell", id: "C-2", serial: "C-2" },
      { kind: "module", id: "MOD-2", serial: "M-2", status: "SEALED" },
      { kind: "cell", id: "C/3", serial: "C/3" },
    ],
  };
  const root = treeOf([PACK, next]);
  expect(outline(root)).toEqual({
    "sku:SKU-1": [{ "pack:PCK-1": [{ "module:MOD-1": ["cell:C-1", "cell:C-2"] }, { "module:MOD-2": ["cell:C/3"] }] }],
  });
  const cells = visibleNodes(root, new Set()).filter(({ node }) => node.kind === "cell");
  expect(cells.at(-1)?.node.to).toBe("/trace?serial=C%2F3");
});

test("the arrow keys move, open and close", () => {
  const root = treeOf([PACK]);
  const all = visibleNodes(root, new Set());
  expect(moveOf("ArrowDown", "pack:PCK-1", all)).toEqual({ focus: "module:MOD-1" });
  expect(moveOf("ArrowUp", "sku:SKU-1", all)).toBeNull();
  expect(moveOf("ArrowRight", "module:MOD-1", all)).toEqual({ focus: "cell:C-1" });
  expect(moveOf("ArrowLeft", "cell:C-1", all)).toEqual({ focus: "module:MOD-1" });
  expect(moveOf("ArrowLeft", "module:MOD-1", all)).toEqual({ toggle: "module:MOD-1" });
  expect(moveOf("End", "sku:SKU-1", all)).toEqual({ focus: "cell:C-1" });
  const closed = visibleNodes(root, new Set(["module:MOD-1"]));
  expect(closed.map(({ node }) => node.key)).toEqual(["sku:SKU-1", "pack:PCK-1", "module:MOD-1"]);
  expect(moveOf("ArrowRight", "module:MOD-1", closed)).toEqual({ toggle: "module:MOD-1" });
});

test("documents of a history are put together digit for digit", () => {
  const one = '{"schemaVersion":"2.0","epcisBody":{"eventList":[{"value":9.10,"text":"say \\"1.0\\""}]}}';
  const two = '{"schemaVersion":"2.0","epcisBody":{"eventList":[{"value":12345678901234567890.5}]}}';
  const { text, events } = joined([parse(one), parse(two)]);
  expect(events).toBe(2);
  expect(text).toContain('"value": 9.10');
  expect(text).toContain('"value": 12345678901234567890.5');
  expect(text).toContain('"say \\"1.0\\""');
  expect(nextToken('<export?perPage=1000&nextPageToken=a%2Bb>; rel="next"')).toBe("a+b");
  expect(nextToken(null)).toBeUndefined();
});

test("a file for spreadsheets has no formulas", () => {
  expect(csvOf([["=1+1", 'a"b,c', 4, "plain"]])).toBe('\'=1+1,"a""b,c",4,plain\r\n');
});
