import { Navigate } from "react-router";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";
import { useNavigation } from "./navigation";

/** The start page is the first one of the navigation that the person may open. */
export default function Home() {
  const first = useNavigation()[0]?.entries[0];
  if (first !== undefined) return <Navigate to={first.to} replace />;
  return <StateMessage kind="forbidden" title={common.errors.forbidden} text={common.errors.forbiddenHint} />;
}
