import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../../tests/support/render";
import type { Person } from "../queries";
import PeoplePage from "./people-page";

const PERSON: Person = {
  id: "user-2",
  username: "sem",
  fullName: "Sem Bakker",
  role: "courier",
  status: "ACTIVE",
  skills: [],
  version: 3,
  createdAt: "2026-03-14T09:26:53Z",
  updatedAt: "2026-03-14T09:26:53Z",
};
const ME = personWith("identity.user.read", "identity.user.manage", "identity.role.read");
const LIST = { data: [PERSON], meta: { totalCount: 1, page: 1, pageSize: 50 } };
const ROLES = { data: [{ code: "courier", name: "Courier", version: 1, permissions: [] }] };
const ANSWERS = {
  "GET /v1/users": () => LIST,
  "GET /v1/roles": () => ROLES,
  "GET /v1/users/user-2": () => ({ data: PERSON }),
};

async function bodyOf(requests: Request[], method: string): Promise<unknown> {
  return requests.find((request) => request.method === method)?.json();
}

test("people are listed, and a filter leads to the first page", async () => {
  const requests = stubApi(ANSWERS);
  const { router } = show(<PeoplePage />, { path: "/?page=1", me: ME });
  await screen.findByRole("row", { name: /Sem Bakker.*Courier.*Active/ });
  await userEvent.type(screen.getByRole("searchbox"), "sem");
  await waitFor(() => expect(router.state.location.search).toBe("?q=sem"));
  await waitFor(() => expect(requests.some(({ url }) => url.includes("q=sem"))).toBe(true));
});

test("without the permission nothing can be added", async () => {
  stubApi(ANSWERS);
  show(<PeoplePage />, { me: personWith("identity.user.read") });
  await screen.findByRole("row", { name: /Sem Bakker/ });
  expect(screen.queryByRole("button", { name: "Add person" })).toBeNull();
});

test("a new person's one-time password is shown once", async () => {
  const requests = stubApi({
    ...ANSWERS,
    "POST /v1/users": () => ({ data: { ...PERSON, fullName: "Lotte Visser", oneTimePassword: "once-only" } }),
  });
  show(<PeoplePage />, { me: ME });
  await userEvent.click(await screen.findByRole("button", { name: "Add person" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a person" });
  await userEvent.type(within(dialog).getByLabelText(/Full name/), "Lotte Visser");
  await userEvent.click(within(dialog).getByRole("button", { name: "Add person" }));
  expect((await within(dialog).findAllByText("Fill this in.")).length).toBe(2);
  await userEvent.type(within(dialog).getByLabelText(/User name/), "lotte");
  await userEvent.click(within(dialog).getByRole("combobox", { name: /Role/ }));
  await userEvent.click(await screen.findByRole("option", { name: "Courier" }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Add person" }));
  await screen.findByText("once-only");
  expect(await bodyOf(requests, "POST")).toEqual({ fullName: "Lotte Visser", username: "lotte", role: "courier" });
  expect(JSON.stringify(window.sessionStorage)).not.toContain("once-only");
  await userEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.queryByText("once-only")).toBeNull());
});

test("a conflict shows the other change and keeps what was typed", async () => {
  let person = PERSON;
  const requests = stubApi({
    ...ANSWERS,
    "GET /v1/users/user-2": () => ({ data: person }),
    "PATCH /v1/users/user-2": (request) => {
      if (request.headers.get("If-Match") === `"${person.version}"`) return { data: { ...person, version: 5 } };
      return refusal(409, "VERSION_CONFLICT", "The resource has changed since you read it.");
    },
  });
  show(<PeoplePage />, { path: "/?person=user-2", me: ME });
  await userEvent.click(await screen.findByRole("button", { name: "Edit" }));
  await userEvent.type(await screen.findByLabelText("Team"), "Night");
  person = { ...PERSON, fullName: "Sem de Bakker", version: 4 };
  await userEvent.click(screen.getByRole("button", { name: "Save changes" }));
  const note = (await screen.findByText("Somebody else changed this meanwhile")).closest("div");
  expect(note?.textContent).toContain("Sem de Bakker");
  expect(screen.getByLabelText<HTMLInputElement>("Team").value).toBe("Night");
  await userEvent.click(screen.getByRole("button", { name: "Go on with my changes" }));
  await userEvent.click(screen.getByRole("button", { name: "Save changes" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save changes" })).toBeNull());
  const patches = requests.filter(({ method }) => method === "PATCH");
  expect(await patches.at(-1)?.json()).toEqual({ team: "Night" });
});
