import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, test } from "vitest";
import { useAddress } from "./address";

function Values() {
  const [address, set] = useAddress();
  const both = (): void => {
    set({ status: "delivered" });
    set({ courier: "courier-1", q: "" });
  };
  return (
    <button type="button" onClick={both}>
      {address.toString()}
    </button>
  );
}

test("values that are set before the page is drawn anew all stay, and an empty one is removed", async () => {
  render(
    <MemoryRouter initialEntries={["/?q=dam&order=1"]}>
      <Values />
    </MemoryRouter>,
  );
  await userEvent.click(screen.getByRole("button", { name: "q=dam&order=1" }));
  expect(await screen.findByText("order=1&status=delivered&courier=courier-1")).toBeTruthy();
});
