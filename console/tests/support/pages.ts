/** Set up for each file of flows: pages end with their test. */

import { afterEach } from "vitest";
import { closePages } from "./browser";

afterEach(async ({ task }) => await closePages(task.result?.state === "fail"));
