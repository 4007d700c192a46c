import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { texts } from "./texts";

export type RecallState = Schema<"RecallView">["status"];

export const RECALL_STATES: States<RecallState> = {
  COLLECTING: { label: texts.states.COLLECTING, tone: "active" },
  OPEN: { label: texts.states.OPEN, tone: "warning" },
  CLOSED: { label: texts.states.CLOSED, tone: "good" },
  CANCELED: { label: texts.states.CANCELED, tone: "neutral" },
};
