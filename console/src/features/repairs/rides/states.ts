import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { texts } from "../texts";

const { statuses } = texts.create;

/** How the states of checklists are shown. */
export const CHECKLIST_STATES: States<Schema<"MaintenanceChecklistStatus">> = {
  OPEN: { label: statuses.OPEN, tone: "neutral" },
  HELD: { label: statuses.HELD, tone: "warning" },
  RELEASED: { label: statuses.RELEASED, tone: "good" },
};
