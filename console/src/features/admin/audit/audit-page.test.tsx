import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show, stubApi } from "../../../../tests/support/render";
import AuditPage from "./audit-page";

const ROW = {
  actor_id: "key:1",
  actor_name: "Web shop",
  entity_id: "user-2",
  entity_type: "user",
  action_type: "USER_UPDATED",
  timestamp: "2026-03-14T09:26:53Z",
  payload_diff: { full_name: ["Sem", "Sem Bakker"] },
  outcome: "OK",
  request_id: "request-7",
  org_id: "demo",
  client: { address: "203.0.113.24", userAgent: "curl" },
  repeated: 0,
};
const REFUSED = { ...ROW, request_id: "request-8", payload_diff: null, outcome: "ACCESS_DENIED", repeated: 3 };

test("changes are readable, and refused requests are marked", async () => {
  stubApi({ "GET /v1/audit": () => ({ data: [ROW, REFUSED], meta: { nextCursor: null } }) });
  const { router } = show(<AuditPage />);
  const [row, refused] = await screen.findAllByRole("row", { name: /User updated.*Web shop/ });
  expect(refused?.textContent).toContain("Access denied");
  row?.focus();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByRole("cell", { name: "Sem Bakker" })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "All of this actor" }));
  expect(router.state.location.search).toBe("?actorId=key%3A1");
});

test("an empty page with more behind it offers to look further back", async () => {
  stubApi({
    "GET /v1/audit": ({ url }) =>
      url.includes("cursor=next")
        ? { data: [ROW], meta: { nextCursor: null } }
        : { data: [], meta: { nextCursor: "next" } },
  });
  show(<AuditPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Look further back" }));
  expect(await screen.findByRole("row", { name: /User updated/ })).toBeTruthy();
});
