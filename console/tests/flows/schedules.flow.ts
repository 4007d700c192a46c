import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const DAY_MS = 86_400_000;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Schedule {
  id: string;
  version: number;
}

/** Return a date so far ahead that no work order is made of it meanwhile. */
function later(days = 20): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

async function newSchedule(instructions: string): Promise<Schedule> {
  const lead = await person(url, "maint1");
  const target = { rideCode: "RC-07", checklistRef: "CL-2041", itemRef: "A-4", priority: "LOW", leadDays: 2 };
  const when = { rrule: "FREQ=WEEKLY", timezone: "Europe/Amsterdam", startsOn: later() };
  return await lead.call<Schedule>("POST", "/v1/schedules", { ...target, ...when, instructions });
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

test.skipIf(program === null)("a lead makes a schedule and sees its coming occurrences", async () => {
  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs/schedules" });
  await page.getByRole("button", { name: "New schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "New schedule" });
  await dialog.getByLabel("Checklist").fill("CL-9999");
  await page.keyboard.press("Enter");
  await dialog
    .getByText(/not found/i)
    .first()
    .waitFor();
  await dialog.getByLabel("Checklist").fill("CL-2042");
  await dialog.getByRole("button", { name: "Find checklist" }).click();
  await dialog.getByText("Weekly inspection · Carousel").waitFor();
  await dialog.getByRole("button", { name: "Create schedule" }).click();
  await dialog.getByText("Fill this in.").waitFor();
  await choose(page, "Item", "Lights and music");
  await choose(page, "Repeats", "Another rule");
  await dialog.getByLabel("Recurrence rule").fill("FREQ=HOURLY");
  await dialog.getByLabel("From").fill(later());
  await dialog.getByLabel("Instructions").fill("Also at night.");
  await dialog.getByRole("button", { name: "Create schedule" }).click();
  await dialog.getByText(/must be daily or coarser/).waitFor();
  await expectAccessible(page);
  await picture(page, "schedules-form-light-desktop");
  await page.reload();
  await page.getByRole("button", { name: "New schedule" }).click();
  expect(await dialog.getByLabel("Instructions").inputValue()).toBe("Also at night.");
  await dialog.getByLabel("Recurrence rule").fill("FREQ=DAILY;COUNT=3");
  await dialog.getByRole("button", { name: "Create schedule" }).click();
  await page.getByText("The schedule was created.").waitFor();
  const drawer = page.getByRole("dialog").filter({ hasText: "Lights and music" });
  await drawer.getByText("Also at night.").waitFor();
  await drawer.getByRole("list", { name: "Coming occurrences" }).waitFor();
  expect(await drawer.getByRole("list", { name: "Coming occurrences" }).getByRole("listitem").count()).toBe(3);
  await expectAccessible(page);
  await picture(page, "schedules-detail-light-desktop");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await page
    .getByRole("region", { name: "Calendar" })
    .getByRole("button", { name: /Lights and music, Carousel/ })
    .first()
    .waitFor();
  expectNoComplaints(page, "404", "422");
  await page.context().close();
});

test.skipIf(program === null)("a schedule is paused, resumed and deleted on a phone", async () => {
  const schedule = await newSchedule("To delete.");
  const path = `/repairs/schedules?view=list&schedule=${schedule.id}`;
  const page = await signedIn(browser, { url, user: "ops1", path, size: PHONE });
  const drawer = page.getByRole("dialog").filter({ hasText: "To delete." });
  await drawer.getByRole("button", { name: "Pause" }).click();
  await drawer.getByText("Paused", { exact: true }).waitFor();
  await drawer.getByRole("heading", { name: "Occurrences if it is resumed now" }).waitFor();
  await drawer.getByRole("button", { name: "Resume" }).click();
  await drawer.getByText("Active", { exact: true }).waitFor();
  await drawer.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: /^Delete the schedule of/ });
  await question.waitFor();
  await expectAccessible(page);
  await question.getByRole("button", { name: "Delete" }).click();
  await page.getByText("The schedule was deleted.").waitFor();
  await drawer.waitFor({ state: "hidden" });
  expectNoComplaints(page, "404");
  await page.context().close();
});

test.skipIf(program === null)("a change by another lead is said before it is overwritten", async () => {
  const schedule = await newSchedule("To edit.");
  const page = await signedIn(browser, { url, user: "maint1", path: `/repairs/schedules?schedule=${schedule.id}` });
  await page.getByRole("dialog").getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit schedule" });
  await dialog.getByLabel("Instructions").fill("With the new grease.");
  const other = await person(url, "ops1");
  await other.call("PATCH", `/v1/schedules/${schedule.id}`, { leadDays: 5 }, { "If-Match": `"${schedule.version}"` });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/Somebody has changed it meanwhile/).waitFor();
  expect(await dialog.getByLabel("Instructions").inputValue()).toBe("With the new grease.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("The schedule was saved.").waitFor();
  const drawer = page.getByRole("dialog").filter({ hasText: "With the new grease." });
  await drawer.getByText("5 days before").waitFor();
  expectNoComplaints(page, "409");
  await page.context().close();
});

const SCREENS = [
  { name: "schedules-calendar", path: () => "/repairs/schedules", text: "Later weeks" },
  { name: "schedules-list", path: () => "/repairs/schedules?view=list", text: "Every week" },
  { name: "schedules-drawer", path: (id: string) => `/repairs/schedules?schedule=${id}`, text: "Coming occurrences" },
] as const;

test.skipIf(program === null).each(SCREENS)("$name can be used by everybody, on every device", async (screen) => {
  const schedule = await newSchedule("Check the cover as well. ".repeat(8));
  await checkScreen(browser, url, {
    name: screen.name,
    user: "maint1",
    path: screen.path(schedule.id),
    ready: async (page) => {
      if (screen.name === "schedules-calendar") await page.getByRole("button", { name: screen.text }).waitFor();
      else await page.getByText(screen.text).first().waitFor();
    },
  });
});
