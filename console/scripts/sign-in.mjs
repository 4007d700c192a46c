// Signs in on the console's own page in Chromium, and ends with 0 once the person's first page is shown. For the rehearsal of
// a deployment: CONSOLE_HOST names the host of the console, which Chromium looks for at CONSOLE_SERVER (host:port, no TLS).
// CHROMIUM, CONSOLE_USER and CONSOLE_PASSWORD say the rest.
import { chromium } from "playwright-core";

const { CHROMIUM, CONSOLE_HOST, CONSOLE_SERVER, CONSOLE_USER, CONSOLE_PASSWORD } = process.env;
const origin = `http://${CONSOLE_HOST}`;
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    // In a container everybody is root, and for root Chromium's sandbox does not start.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-dev-shm-usage",
    `--host-resolver-rules=MAP ${CONSOLE_HOST} ${CONSOLE_SERVER}`,
    // The emulator has no TLS, and browsers give some functions to pages with TLS only.
    `--unsafely-treat-insecure-origin-as-secure=${origin}`,
  ],
});
try {
  const page = await browser.newPage({ extraHTTPHeaders: { "X-Forwarded-Proto": "https" } });
  await page.goto(`${origin}/account`);
  await page.getByLabel("User name, e-mail or phone").fill(CONSOLE_USER ?? "");
  await page.getByLabel("Password", { exact: true }).fill(CONSOLE_PASSWORD ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("main#content h1").first().waitFor({ timeout: 60_000 });
  await page
    .locator("main#content")
    .getByText(CONSOLE_USER ?? "")
    .first()
    .waitFor({ timeout: 60_000 });
} finally {
  await browser.close();
}
