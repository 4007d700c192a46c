import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";
import type { Seen } from "./commands";
import type { Step } from "./steps";

/** A step that asks for something first. */
export type AskedStep = Exclude<Step, "start">;

/** A step of a work order that asks for something first, and the order as the person saw it. */
export interface StepRequest {
  action: AskedStep;
  order: Seen & { code: string };
  /** The technician who is chosen already. */
  technicianId?: string;
  /** Why the step failed when it was tried without the dialog. */
  error?: unknown;
}

export interface StepDialogProps {
  request: StepRequest;
  onClose: () => void;
}

const StepContext = createContext<((request: StepRequest) => void) | null>(null);

const ReasonDialog = lazy(() => import("./reason-dialog"));
const ConfirmDialog = lazy(() => import("./confirm-dialog"));

const DIALOGS = {
  assign: lazy(() => import("./assign-dialog")),
  outsource: lazy(() => import("./outsource-dialog")),
  done: lazy(() => import("./finish-dialog")),
  "vendor-done": lazy(() => import("./vendor-done-dialog")),
  hold: lazy(() => import("./hold-dialog")),
  edit: lazy(() => import("./edit-dialog")),
  resume: ConfirmDialog,
  recall: ConfirmDialog,
  return: ReasonDialog,
  cancel: ReasonDialog,
  reopen: ReasonDialog,
} as const satisfies Readonly<Record<AskedStep, unknown>>;

/** Return a function that opens the dialog of a step. */
export function useStepDialog(): (request: StepRequest) => void {
  const open = useContext(StepContext);
  if (open === null) throw new Error("There are no dialogs here.");
  return open;
}

/** Holds the dialogs of the steps, for the cards and the drawer of a page. */
export function StepDialogs({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<StepRequest | null>(null);
  const close = useMemo(() => () => setRequest(null), []);
  const Dialog = request === null ? null : DIALOGS[request.action];
  return (
    <StepContext value={setRequest}>
      {children}
      {Dialog !== null && request !== null && (
        <Suspense>
          <Dialog key={`${request.action} ${request.order.id}`} request={request} onClose={close} />
        </Suspense>
      )}
    </StepContext>
  );
}
