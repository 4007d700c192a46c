import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildPack, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null)("QA holds a lot, the pack cannot pass, and a supervisor releases it", async () => {
  const line = await startLine(url, { limits: null });
  const packId = await buildPack(line, 1);
  const lot = `LOT-${line.run}`;
  const qa = await signedIn(browser, { url, user: "qa1", path: "/line/holds" });
  await qa.getByRole("button", { name: "Hold", exact: true }).click();
  const dialog = qa.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Kind" }).click();
  await qa.getByRole("option", { name: "Lot of cells" }).click();
  await dialog.getByLabel("Reason").fill("Electrolyte of another supplier");
  await dialog.getByRole("button", { name: "Hold", exact: true }).click();
  await dialog.getByText("Type what is to be held.").waitFor();
  await dialog.getByLabel("Held value").fill(lot.toLowerCase());
  await picture(qa, "line-hold-dialog-light-desktop");
  await expectAccessible(qa);
  await dialog.getByRole("button", { name: "Hold", exact: true }).click();
  await qa.getByText(`${lot.toLowerCase()} is on hold.`).waitFor();
  expect(await qa.getByRole("button", { name: `Release ${lot.toLowerCase()}` }).count()).toBe(0);

  // The pack says why, and so does its refused PASS.
  await qa.goto(`${url}/line/packs/${packId}`);
  await qa.getByRole("list", { name: "On hold" }).getByText("Electrolyte of another supplier").waitFor();
  await picture(qa, "line-pack-held-light-desktop");
  await expectAccessible(qa);
  await qa.getByRole("button", { name: "Pass", exact: true }).click();
  await dialog.getByRole("button", { name: "Pass", exact: true }).click();
  await dialog.getByText(`lot ${lot.toLowerCase()}: Electrolyte of another supplier`).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await qa.getByRole("button", { name: "Quarantine" }).click();
  await qa.getByText("The pack was quarantined.").waitFor();
  expectNoComplaints(qa, "409");
  await qa.context().close();

  const shift = await signedIn(browser, { url, user: "shift1", path: "/line/holds?status=OPEN" });
  await shift.getByRole("button", { name: `Release ${lot.toLowerCase()}` }).click();
  const release = shift.getByRole("dialog");
  await release.getByLabel("Reason").fill("Analysed, as specified");
  await release.getByRole("button", { name: "Release" }).click();
  await shift.getByText(`${lot.toLowerCase()} was released.`).waitFor();
  expectNoComplaints(shift);
  await shift.context().close();

  const decided = await person(url, "qa1");
  await decided.call("PATCH", `/v1/packs/${packId}/disposition`, { disposition: "PASS" });
});

test.skipIf(program === null)("a supervisor reworks a pack from the quarantine, on a phone", async () => {
  const line = await startLine(url, { limits: null });
  const packId = await buildPack(line, 1);
  const qa = await person(url, "qa1");
  await qa.call("PATCH", `/v1/packs/${packId}/disposition`, { disposition: "QUARANTINE" });
  const serial = `P-${line.run}-1`;
  const page = await signedIn(browser, { url, user: "shift1", path: "/line/quarantine", size: PHONE, isMobile: true });
  await page.getByText(serial).waitFor();
  await picture(page, "line-quarantine-light-phone");
  await expectAccessible(page);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
  await page.getByRole("button", { name: `Rework pack ${serial}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Loose connector");
  await dialog.getByRole("button", { name: "Rework" }).click();
  await page.getByRole("heading", { name: `Pack ${serial}` }).waitFor();
  await page.getByText("In rework").first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("holds and quarantine can be used by everybody, on every device", async () => {
  const line = await startLine(url, { limits: null });
  const packId = await buildPack(line, 1);
  const qa = await person(url, "qa1");
  await qa.call("PATCH", `/v1/packs/${packId}/disposition`, { disposition: "QUARANTINE" });
  await qa.call("POST", "/v1/holds", { kind: "SERIAL", value: `P-${line.run}-1`, reason: "Scratched housing" });
  await checkScreen(browser, url, {
    name: "line-holds",
    user: "shift1",
    path: "/line/holds",
    ready: (page) => page.getByText(`P-${line.run}-1`).first().waitFor(),
  });
  await checkScreen(browser, url, {
    name: "line-quarantine",
    user: "qa1",
    path: "/line/quarantine",
    ready: (page) => page.getByText(`P-${line.run}-1`).first().waitFor(),
  });
});
