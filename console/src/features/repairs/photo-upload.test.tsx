import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { refusal, show, stubApi } from "../../../tests/support/render";
import { PhotoUpload } from "./photo-upload";
import { flawOf } from "./uploads";

const FILE = new File(["photo"], "fixed.jpg", { type: "image/jpeg" });

test("a photo that could not be sent stays, and is sent again as the same request", async () => {
  const keys: (string | null)[] = [];
  stubApi({
    "POST /v1/uploads/photos": (request) => {
      keys.push(request.headers.get("Idempotency-Key"));
      return keys.length <= 4
        ? refusal(503, "UNAVAILABLE", "Try again.")
        : { id: "p", url: "/p", thumbUrl: "/t", kind: "COMPLETION", workOrderId: "1", uploadedById: "u" };
    },
  });
  const { container } = show(<PhotoUpload order={{ id: "1" }} kind="COMPLETION" />);
  await userEvent.upload(container.querySelector("input[type=file]") as HTMLInputElement, FILE);
  expect(await screen.findByText("fixed.jpg is not sent yet.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText("fixed.jpg is not sent yet.")).toBeNull());
  expect(new Set(keys).size).toBe(1);
});

test("what the server would refuse is not sent", () => {
  expect(flawOf(FILE)).toBeNull();
  expect(flawOf(new File(["x"], "x.gif", { type: "image/gif" }))).toBe("Choose a JPEG, PNG or WebP file.");
});
