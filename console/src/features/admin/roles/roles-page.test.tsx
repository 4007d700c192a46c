import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, show, stubApi } from "../../../../tests/support/render";
import RolesPage from "./roles-page";

const ROLES = [
  { code: "admin", name: "Administrator", version: 1, permissions: [{ code: "audit.read", scope: "org" }] },
  { code: "clerk", name: "Clerk", version: 4, permissions: [{ code: "audit.read", scope: "zone" }] },
];

test("changes are collected, reviewed and saved with the version", async () => {
  const requests = stubApi({
    "GET /v1/roles": () => ({ data: ROLES }),
    "PUT /v1/roles/clerk": () => ({ data: { ...ROLES[1], version: 5, permissions: [] } }),
  });
  show(<RolesPage />, { me: personWith("identity.role.read", "identity.role.manage") });
  await userEvent.click(await screen.findByRole("button", { name: "Clerk, audit.read: zone" }));
  await screen.findByRole("button", { name: "Clerk, audit.read: all, changed" });
  await userEvent.keyboard(" ");
  await userEvent.click(await screen.findByRole("button", { name: "Review Clerk" }));
  await screen.findByText("This takes away");
  await userEvent.click(screen.getByRole("button", { name: "Save role" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Review Clerk" })).toBeNull());
  const put = requests.find(({ method }) => method === "PUT");
  expect(put?.headers.get("If-Match")).toBe('"4"');
  expect(await put?.json()).toEqual({ permissions: [] });
});

test("arrow keys move between cells, one of which Tab reaches", async () => {
  stubApi({ "GET /v1/roles": () => ({ data: ROLES }) });
  show(<RolesPage />, { me: personWith("identity.role.read") });
  const first = await screen.findByRole("button", { name: "Administrator, audit.read: all" });
  first.focus();
  await userEvent.keyboard("{ArrowRight}");
  const second = screen.getByRole("button", { name: "Clerk, audit.read: zone" });
  expect(document.activeElement).toBe(second);
  await userEvent.keyboard("{Enter}");
  expect(second.textContent).toBe("zone");
});
