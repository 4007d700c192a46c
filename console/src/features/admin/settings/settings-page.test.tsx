import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../../tests/support/render";
import SettingsPage from "./settings-page";

const SCHEMA = {
  type: "object",
  properties: {
    highHours: { type: "integer", default: 24, description: "Hours until it is due; 24 if absent from a request." },
    gtins: {
      type: "object",
      additionalProperties: { type: "object", properties: { cell: { type: ["string", "null"] } } },
    },
  },
};
const DESCRIPTION = {
  paths: {
    "/v1/organisation/settings/maintenance": {
      put: { requestBody: { content: { "application/json": { schema: SCHEMA } } } },
    },
  },
  components: { schemas: {} },
};

function answers(put: (request: Request) => unknown) {
  const data = { data: { highHours: 24, gtins: {} } };
  return {
    "GET /v1/openapi.json": () => DESCRIPTION,
    "GET /v1/organisation/settings/maintenance": () => Response.json(data, { headers: { ETag: '"7"' } }),
    "PUT /v1/organisation/settings/maintenance": put,
  };
}

test("the form follows the description, and saves with the version that was read", async () => {
  const requests = stubApi(answers(() => Response.json({ data: { highHours: 12 } }, { headers: { ETag: '"8"' } })));
  show(<SettingsPage />, { me: personWith("identity.organisation.manage") });
  const input = await screen.findByLabelText("Due after, priority high (hours)");
  expect(screen.getByText("Hours until it is due. Default: 24.")).toBeTruthy();
  await userEvent.clear(input);
  await userEvent.type(input, "12");
  await userEvent.click(screen.getByRole("button", { name: "Add a row" }));
  await userEvent.type(screen.getByLabelText("Key"), "SKU-1");
  await userEvent.type(screen.getByLabelText("Cell"), "123");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save" })).toBeNull());
  const put = requests.find(({ method }) => method === "PUT");
  expect(put?.headers.get("If-Match")).toBe('"7"');
  expect(await put?.json()).toEqual({ highHours: 12, gtins: { "SKU-1": { cell: "123" } } });
});

test("an error stands at its field, and what was typed stays", async () => {
  stubApi(answers(() => refusal(422, "VALIDATION_ERROR", "Invalid.", { highHours: "must be at least 1" })));
  show(<SettingsPage />, { me: personWith("identity.organisation.manage") });
  const input = await screen.findByLabelText<HTMLInputElement>("Due after, priority high (hours)");
  await userEvent.clear(input);
  await userEvent.type(input, "0");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("must be at least 1");
  expect(input.value).toBe("0");
});

test("who may only read gets no button", async () => {
  stubApi(answers(() => null));
  show(<SettingsPage />, { me: personWith("identity.organisation.read") });
  await screen.findByText("You may read these settings but not change them.");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save" })).toBeNull());
});
