import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";
import type { Seen } from "./commands";
import type { Action } from "./states";

/** A step of a work order that asks for something first, and the order as the person saw it. */
export interface StepRequest {
  action: Exclude<Action, "start">;
  order: Seen & { code: string };
  /** The technician who is chosen already. */
  technicianId?: string;
  /** Why the step failed when it was tried without the dialog. */
  error?: unknown;
}

const StepContext = createContext<((request: StepRequest) => void) | null>(null);

const AssignDialog = lazy(() => import("./assign-dialog"));
const OutsourceDialog = lazy(() => import("./outsource-dialog"));
const FinishDialog = lazy(() => import("./finish-dialog"));
const ReturnDialog = lazy(() => import("./return-dialog"));

const DIALOGS = { assign: AssignDialog, outsource: OutsourceDialog, finish: FinishDialog, return: ReturnDialog };

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
