import type { States } from "~/components/status-badge";
import type { PassportEntry } from "./queries";
import { texts } from "./texts";

/** Who may see an attribute of the passport. */
export const ACCESS: States<PassportEntry["access"]> = {
  public: { label: texts.access.public, tone: "neutral" },
  restricted: { label: texts.access.restricted, tone: "info" },
  authorities: { label: texts.access.authorities, tone: "warning" },
};
