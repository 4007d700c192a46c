import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import { DispositionForm } from "./disposition-form";
import { MAY } from "./feature";
import PacksPage from "./packs-page";
import type { PackDetail } from "./queries";

const SKU = {
  id: "SKU-1",
  name: "Home storage",
  chemistry: "LFP",
  cellsPerModule: 2,
  modulesPerPack: 1,
  skuCode: "HS",
};
const PACK: PackDetail = {
  id: "PCK-1",
  serial: "P-0001",
  status: "READY_FOR_EOL",
  batchId: "BAT-1",
  skuId: "SKU-1",
  sku: { ...SKU, limits: { Resistance: { max: "12", unit: "mOhm" } } },
  modulesBound: 1,
  modulesRequired: 1,
  attempt: 1,
  version: 3,
  createdAt: "2026-03-14T09:26:53Z",
  updatedAt: "2026-03-14T09:27:01Z",
  modules: [],
  dispositions: [],
  changes: [],
  holds: [],
  tests: [],
};
const ME = personWith(MAY.readPacks, MAY.dispose);
const PATH = `PATCH /v1/packs/${PACK.id}/disposition`;

async function showForm(answer: () => unknown): Promise<Request[]> {
  const requests = stubApi({ [PATH]: answer });
  show(<DispositionForm pack={PACK} />, { me: ME });
  await screen.findByLabelText("Resistance in mOhm");
  return requests;
}

test("a value above its limit is named in text and does not pass", async () => {
  const requests = await showForm(() => ({}));
  await userEvent.type(screen.getByLabelText("Resistance in mOhm"), "12.4");
  expect(screen.getByText("0.4 mOhm above limit")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Pass" }));
  expect(within(await screen.findByRole("alert")).getByText("Resistance: 0.4 mOhm above limit")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Resistance in mOhm"));
  expect(requests).toHaveLength(0);
});

test("a decision is sent with the digits that were typed and the version that was seen", async () => {
  const requests = await showForm(() => ({ success: true, data: {} }));
  await userEvent.type(screen.getByLabelText("Resistance in mOhm"), "9,10");
  await userEvent.click(screen.getByRole("button", { name: "Pass" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Pass" }));
  await waitFor(() => expect(requests).toHaveLength(1));
  expect(await requests[0]?.clone().text()).toBe(
    '{"disposition":"PASS","measurements":{"Resistance":{"value":9.10,"unit":"mOhm"}}}',
  );
  expect(requests[0]?.headers.get("If-Match")).toBe('"3"');
  expect(requests[0]?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("what was typed stays when the server refuses it", async () => {
  await showForm(() => refusal(409, "VERSION_CONFLICT", "The pack was changed meanwhile."));
  await userEvent.type(screen.getByLabelText("Resistance in mOhm"), "13");
  await userEvent.type(screen.getByLabelText("Notes"), "Again");
  await userEvent.click(screen.getByRole("button", { name: "Quarantine" }));
  expect(await screen.findByText(/Somebody else has changed this meanwhile/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("Resistance in mOhm").value).toBe("13");
  expect(screen.getByLabelText<HTMLTextAreaElement>("Notes").value).toBe("Again");
});

test("another filter begins at the first page", async () => {
  const requests = stubApi({
    "GET /v1/packs": () => ({ success: true, data: [PACK], meta: { totalCount: 120, page: 1, pageSize: 50 } }),
  });
  const { router } = show(<PacksPage />, { path: "/?status=READY_FOR_EOL&page=2", me: ME });
  expect(await screen.findByText("Page 2 of 3")).toBeTruthy();
  expect(Object.fromEntries(new URL(requests[0]?.url ?? "").searchParams)).toEqual({
    status: "READY_FOR_EOL",
    page: "2",
    pageSize: "50",
  });
  await userEvent.type(screen.getByLabelText("Serial number or id"), "P-00");
  await waitFor(() => expect(router.state.location.search).toBe("?status=READY_FOR_EOL&q=P-00"));
});
