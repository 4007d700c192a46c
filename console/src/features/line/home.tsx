import { Navigate } from "react-router";
import { useCan } from "~/app/me";
import { LINE_TABS } from "./tabs";

/** Leads to the first list that the person may see. */
export default function LineHome() {
  const can = useCan();
  const first = LINE_TABS.find(({ permission }) => can(permission));
  return <Navigate to={first?.to ?? "/"} replace />;
}
