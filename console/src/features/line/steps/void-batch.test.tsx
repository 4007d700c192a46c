import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, show, stubApi } from "../../../../tests/support/render";
import type { Batch } from "../queries";
import { MAY_STEP } from "./permissions";
import { VoidBatch } from "./void-batch";

const BATCH: Batch = {
  id: "BAT-1",
  status: "IN_PROGRESS",
  skuId: "SKU-1",
  sku: { id: "SKU-1", name: "Home storage", chemistry: "LFP", cellsPerModule: 2, modulesPerPack: 1 },
  packs: { total: 0, open: 0, passed: 0, failed: 0, voided: 1 },
  version: 4,
  createdAt: "2026-03-14T09:26:53Z",
  updatedAt: "2026-03-14T09:27:01Z",
};
const ME = personWith(MAY_STEP.voidBatch);

test("a batch without packs is voided with a reason and the version that was seen", async () => {
  const requests = stubApi({ "PATCH /v1/batches/BAT-1/void": () => ({ success: true, data: BATCH }) });
  show(<VoidBatch batch={BATCH} />, { me: ME });
  await userEvent.click(await screen.findByRole("button", { name: "Void batch" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByRole("textbox"), "wrong SKU");
  await userEvent.click(within(dialog).getByRole("button", { name: "Void batch" }));
  await waitFor(() => expect(requests).toHaveLength(1));
  expect(await requests[0]?.clone().json()).toEqual({ reason: "wrong SKU" });
  expect(requests[0]?.headers.get("If-Match")).toBe('"4"');
});

test("a batch with packs, and one that ended, cannot be voided", async () => {
  show(
    <>
      <VoidBatch batch={{ ...BATCH, packs: { ...BATCH.packs, total: 1 } }} />
      <VoidBatch batch={{ ...BATCH, status: "COMPLETED" }} />
      <p>shown</p>
    </>,
    { me: ME },
  );
  expect(await screen.findByText("shown")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Void batch" })).toBeNull();
});
