import { fireEvent, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useLocation } from "react-router";
import { expect, test } from "vitest";
import { show } from "../../tests/support/render";
import { SearchFilter, useAddressValue, useFilters } from "./filters";

const FILTERS = ["q"] as const;

function Page() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("row");
  return (
    <>
      <SearchFilter label="Name" value={filters.values.q} onChange={(value) => filters.set("q", value)} />
      <button type="button" onClick={() => setOpen("7")}>
        Open
      </button>
      <output>{`${open ?? "closed"} ${useLocation().search}`}</output>
    </>
  );
}

test("a row that is opened shortly after a key in the search stays open", async () => {
  show(<Page />);
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "joost" } });
  fireEvent.click(screen.getByText("Open"));
  await screen.findByText("7 ?row=7");
  await screen.findByText("7 ?row=7&q=joost");
});

test("a space at the end of a search stays while more is typed", async () => {
  show(<Page />);
  const input = screen.getByLabelText<HTMLInputElement>("Name");
  await userEvent.type(input, "van ");
  await waitFor(() => expect(screen.getByText("closed ?q=van")).toBeDefined());
  await userEvent.type(input, "der");
  expect(input.value).toBe("van der");
});
