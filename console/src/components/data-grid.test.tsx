import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { refusal, show } from "../../tests/support/render";
import { errorOf } from "../api/errors";
import { ConfirmWithReason } from "./confirm-with-reason";
import { type Column, DataGrid } from "./data-grid";
import type { RowsState } from "./data-grid-state";

interface Row {
  id: string;
}

const COLUMNS: readonly Column<Row>[] = [{ id: "name", header: "Name", sortable: true, cell: ({ id }) => `Row ${id}` }];
const ROWS = Array.from({ length: 5_000 }, (_, index) => ({ id: String(index) }));

function stateOf(part: Partial<RowsState<Row>>): RowsState<Row> {
  return { rows: [], loading: false, error: null, retry: () => undefined, ...part };
}

function grid(state: RowsState<Row>, more: object = {}) {
  return <DataGrid label="Things" columns={COLUMNS} state={state} rowId={({ id }) => id} {...more} />;
}

test("of thousands of rows only those on screen are in the page", async () => {
  show(grid(stateOf({ rows: ROWS })));
  await screen.findByText("Row 0");
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("5001");
});

test("arrow keys move between rows, and Enter opens one", async () => {
  const onOpen = vi.fn();
  show(grid(stateOf({ rows: ROWS }), { onOpen }));
  (await screen.findByRole("row", { name: "Row 0" })).focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Row 1"));
  await userEvent.keyboard("{Enter}");
  expect(onOpen).toHaveBeenCalledWith({ id: "1" });
});

test("a column that the API can sort by turns its direction", async () => {
  const onSort = vi.fn();
  show(grid(stateOf({ rows: ROWS }), { sort: { column: "name", direction: "asc" }, onSort }));
  expect(screen.getByRole("columnheader").getAttribute("aria-sort")).toBe("ascending");
  await userEvent.click(screen.getByRole("button", { name: "Sort by Name" }));
  expect(onSort).toHaveBeenCalledWith({ column: "name", direction: "desc" });
});

test("numbered pages lead to the next one", async () => {
  const onPage = vi.fn();
  show(
    grid(stateOf({ rows: ROWS.slice(0, 20) }), { paging: { kind: "pages", page: 1, pageSize: 20, total: 41, onPage } }),
  );
  expect(screen.getByText("Page 1 of 3")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Previous page" }).hasAttribute("disabled")).toBe(true);
  await userEvent.click(screen.getByRole("button", { name: "Next page" }));
  expect(onPage).toHaveBeenCalledWith(2);
});

test("an empty list, one without matches, and a failed one say what they are", async () => {
  const empty = show(grid(stateOf({})));
  expect(screen.getByText("Nothing here yet")).toBeTruthy();
  empty.unmount();
  const filtered = show(grid(stateOf({}), { filtered: true }));
  expect(screen.getByText("Nothing matches these filters")).toBeTruthy();
  filtered.unmount();
  show(grid(stateOf({ error: await errorOf(refusal(500, "INTERNAL_ERROR", "Internal error.")) })));
  expect(screen.getByRole("alert").textContent).toContain("Internal error.");
});

test("rows that were read stay when reading them again fails", async () => {
  show(grid(stateOf({ rows: ROWS, error: await errorOf(refusal(500, "INTERNAL_ERROR", "Internal error.")) })));
  expect(await screen.findByText("Row 0")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("INTERNAL_ERROR");
});

test("a dialog asks for a reason, and keeps it when the action is refused", async () => {
  const onConfirm = vi.fn(async () => {
    throw new Error("Cannot cancel an order in state DELIVERED.");
  });
  show(
    <ConfirmWithReason
      opened
      onClose={() => undefined}
      title="Cancel the order?"
      text="The courier is told."
      action="Cancel order"
      draft="test.cancel"
      pending={false}
      error={null}
      onConfirm={onConfirm}
    />,
  );
  await userEvent.click(screen.getByRole("button", { name: "Cancel order" }));
  expect(screen.getByText("Say why.")).toBeTruthy();
  await userEvent.type(screen.getByLabelText("Reason"), "Wrong address");
  await userEvent.click(screen.getByRole("button", { name: "Cancel order" }));
  expect(onConfirm).toHaveBeenCalledWith("Wrong address");
  expect((screen.getByLabelText("Reason") as HTMLTextAreaElement).value).toBe("Wrong address");
});
