// What somebody does with the scanner, and what came of it: each step's outcome is put down under its name and the whole
// is posted to the server that this page came from. What is right is for the test to say.

import { Refused, Scanner } from "./scanner.js";

const report = { origin: location.origin, steps: {}, crashed: null };

async function step(name, act) {
  document.getElementById("progress").textContent += `${name}\n`;
  report.steps[name] = await act();
}

// What the server refuses, as far as a page of another origin can read it.
async function refused(act) {
  try {
    await act();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
  throw new Error("it was not refused");
}

async function simple(address) {
  const response = await fetch(address, { method: "POST", body: "{}" });
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, type: response.type, body: await response.json(), headers };
}

async function story(settings) {
  const scanner = new Scanner(settings.base, "browser-1");
  scanner.queue = [];
  let assignment;

  await step("health", () => scanner.call("GET", "/health"));
  await step("state while signed out", () => refused(() => scanner.state()));
  await step("wrong password", () => refused(() => scanner.signIn(settings.username, "not the password")));
  await step("sign in", () => scanner.signIn(settings.username, settings.password));
  await step("state before", () => scanner.state());
  await step("next", async () => (assignment = await scanner.next()));
  await step("next again", () => scanner.next());

  await step("batch", async () => {
    const id = assignment.assignment_id;
    scanner.put("assignment_received", { assignment_id: id });
    const first = scanner.scan(settings.barcode, id);
    scanner.queue = [...scanner.queue, first]; // a queue that was written twice
    scanner.scan("this is no code of ours", id);
    scanner.put("log_wrap_requested", { assignment_id: id, order_id: id, units: 12 }); // a value that it worked out itself
    scanner.scan(settings.barcode, id);
    return { status: await scanner.flush(), queue: scanner.queue };
  });

  await step("answer lost", async () => {
    scanner.queue = [];
    scanner.scan(settings.barcode, assignment.assignment_id);
    scanner.loseNextAnswer = true;
    const error = await scanner.flush().catch((failure) => failure.message);
    return { error, queued: scanner.queue.length, status: await scanner.flush(), left: scanner.queue.length };
  });

  await step("state after", () => scanner.state());
  await step("same key twice", async () => {
    const headers = { "Idempotency-Key": "from-a-browser" };
    const body = { events: [] };
    const first = await scanner.call("POST", "/events/batch", body, { headers });
    const second = await scanner.call("POST", "/events/batch", body, { headers });
    return { first, second };
  });
  await step("unknown address", () => refused(() => scanner.call("GET", "/no/such/thing")));
  await step("method that its address has not", () =>
    scanner.call("DELETE", "/scanner/state").catch((failure) => failure.name));
  // "Simple" requests in the words of the standard: the browser asks for no permission first.
  await step("wrong method", () => simple(`${settings.base}/scanner/state`));
  await step("text instead of JSON", () => simple(`${settings.base}/auth/login`));
  await step("stale version", () => {
    const headers = { "If-Match": '"1"' };
    return refused(() => scanner.call("POST", `/assignments/${assignment.assignment_id}/release`, undefined, { headers }));
  });
  await step("refresh", () => scanner.refresh());
  await step("state after refresh", () => scanner.state());
  await step("give back", () => scanner.call("POST", `/assignments/${assignment.assignment_id}/release`));
  await step("sign out", () => scanner.signOut());
  await step("state after signing out", () => refused(() => scanner.state()));
}

try {
  await story(await (await fetch("settings.json")).json());
} catch (error) {
  report.crashed = `${error}\n${error.stack ?? ""}`;
}
await fetch("report", { method: "POST", body: JSON.stringify(report) });
