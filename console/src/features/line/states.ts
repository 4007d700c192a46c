import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { texts } from "./texts";

export type BatchState = Schema<"ManufacturingBatchStatus">;
export type ModuleState = Schema<"ManufacturingModuleStatus">;
export type PackState = Schema<"ManufacturingPackStatus">;
export type SkuState = Schema<"ManufacturingSkuStatus">;
export type Disposition = Schema<"ManufacturingDisposition">;

const { states } = texts;

export const SKU_STATES: States<SkuState> = {
  DRAFT: { label: states.DRAFT, tone: "neutral" },
  ACTIVE: { label: states.ACTIVE, tone: "good" },
  RETIRED: { label: states.RETIRED, tone: "neutral" },
};

export const BATCH_STATES: States<BatchState> = {
  DRAFT: { label: states.DRAFT, tone: "neutral" },
  IN_PROGRESS: { label: states.IN_PROGRESS, tone: "active" },
  COMPLETED: { label: states.COMPLETED, tone: "good" },
  VOID: { label: states.VOID, tone: "bad" },
};

export const MODULE_STATES: States<ModuleState> = {
  DRAFT: { label: states.DRAFT, tone: "neutral" },
  IN_PROGRESS: { label: states.IN_PROGRESS, tone: "active" },
  SEALED: { label: states.SEALED, tone: "good" },
  SCRAPPED: { label: states.SCRAPPED, tone: "bad" },
};

export const PACK_STATES: States<PackState> = {
  DRAFT: { label: states.DRAFT, tone: "neutral" },
  IN_PROGRESS: { label: states.IN_PROGRESS, tone: "active" },
  READY_FOR_EOL: { label: states.READY_FOR_EOL, tone: "info" },
  FINALIZED: { label: states.FINALIZED, tone: "neutral" },
  REWORK: { label: states.REWORK, tone: "warning" },
  SHIPPED: { label: states.SHIPPED, tone: "good" },
  VOID: { label: states.VOID, tone: "bad" },
};

export const DISPOSITIONS: States<Disposition> = {
  PASS: { label: states.PASS, tone: "good" },
  FAIL: { label: states.FAIL, tone: "bad" },
  QUARANTINE: { label: states.QUARANTINE, tone: "warning" },
};

/** The states of everything that a trace names; their meaning does not depend on the kind. */
export const TRACED_STATES: States<string> = {
  ...BATCH_STATES,
  ...MODULE_STATES,
  ...PACK_STATES,
  ...SKU_STATES,
  BOUND: { label: states.BOUND, tone: "good" },
  REMOVED: { label: states.REMOVED, tone: "warning" },
};

/** Return the options of a filter by state. */
export function optionsOf(all: States<string>): { value: string; label: string }[] {
  return Object.entries(all).map(([value, { label }]) => ({ value, label }));
}
