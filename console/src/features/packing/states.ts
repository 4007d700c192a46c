import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { texts } from "./texts";

/** How the states of a shipment are shown. A new state of the API is a type error here. */
export const SHIPMENT_STATES: States<Schema<"PackingShipmentStatus">> = {
  pending: { label: texts.states.pending, tone: "info" },
  packing: { label: texts.states.packing, tone: "active" },
  packed: { label: texts.states.packed, tone: "good" },
  importing: { label: texts.states.importing, tone: "warning" },
  cancelling: { label: texts.states.cancelling, tone: "warning" },
  cancelled: { label: texts.states.cancelled, tone: "neutral" },
};

export const BOX_STATES: States<Schema<"PackingBoxStatus">> = {
  open: { label: texts.boxStates.open, tone: "active" },
  closed: { label: texts.boxStates.closed, tone: "good" },
  voided: { label: texts.boxStates.voided, tone: "neutral" },
};
