import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { refusal, show, stubApi } from "../../../tests/support/render";
import { curlOf } from "./curl";
import TryItPage from "./page";

const LOCAL = { "GET /config.json": () => ({ mapStyle: null, local: true }) };
const SIGNED_IN = { accessToken: "access", refreshToken: "refresh", userId: "user-1" };

async function begin(password = "correct"): Promise<void> {
  await userEvent.type(await screen.findByLabelText("Password of the demo people"), password);
  await userEvent.click(screen.getByRole("button", { name: "Begin" }));
}

test("elsewhere than on the local stack the page says so", async () => {
  stubApi({});
  show(<TryItPage />);
  expect(await screen.findByText("Only on the local stack")).toBeTruthy();
});

test("a wrong password is said at its field, and stays typed", async () => {
  stubApi({ ...LOCAL, "POST /v1/auth/login": () => refusal(401, "INVALID_CREDENTIALS", "Invalid credentials.") });
  show(<TryItPage />);
  await begin("wrong");
  expect(await screen.findByText("customer1 could not sign in with this password.")).toBeTruthy();
  expect((screen.getByLabelText("Password of the demo people") as HTMLInputElement).value).toBe("wrong");
});

test("a step shows its request as a command and the response, and the next step is explained", async () => {
  stubApi({
    ...LOCAL,
    "POST /v1/auth/login": () => SIGNED_IN,
    "GET /v1/courier/active-order": () => ({ active: false }),
    "POST /v1/courier/availability": () => new Response(null, { status: 204 }),
    "POST /v1/courier/location": () => new Response(null, { status: 204 }),
  });
  show(<TryItPage />);
  await begin();
  await userEvent.click(await screen.findByRole("button", { name: "Send the request" }));
  expect((await screen.findByLabelText("Request")).textContent).toContain("/api/v1/courier/location");
  expect(screen.getByLabelText("Response").textContent).toBe("no content");
  expect(screen.getByText("The courier goes on duty")).toBeTruthy();
});

test("a refusal that the story does not expect stops it, and the request can be sent again", async () => {
  stubApi({
    ...LOCAL,
    "POST /v1/auth/login": () => SIGNED_IN,
    "GET /v1/courier/active-order": () => ({ active: false }),
    "POST /v1/courier/availability": () => new Response(null, { status: 204 }),
    "POST /v1/courier/location": () => refusal(409, "CONFLICT", "Conflict."),
  });
  show(<TryItPage />);
  await begin();
  await userEvent.click(await screen.findByRole("button", { name: "Send the request" }));
  expect((await screen.findByRole("alert")).textContent).toContain("not what the story expects");
  expect(screen.getByRole("button", { name: "Send it again" })).toBeTruthy();
});

test("a command can be pasted into a shell, whatever its body contains", () => {
  const call = { who: "customer1", method: "POST", path: "/v1/orders", body: { notes: "It's late" } } as const;
  expect(curlOf(call, "http://localhost:8000")).toBe(
    [
      "curl -s 'http://localhost:8000/api/v1/orders'",
      '-H "Authorization: Bearer $(token customer1)"',
      "-H 'Content-Type: application/json'",
      `-d '{"notes":"It'\\''s late"}'`,
    ].join(" \\\n  "),
  );
});
