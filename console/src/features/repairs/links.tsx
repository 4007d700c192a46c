import { Link } from "react-router";
import { useCan } from "~/app/me";
import styles from "./links.module.css";
import { LIST } from "./permissions";
import type { WorkOrder } from "./queries";

/** Names a work order, and leads to it those who have the board. */
export function OrderLink({ order: { id, code } }: { order: Pick<WorkOrder, "id" | "code"> }) {
  if (!useCan()(LIST)) return <span className="code">{code}</span>;
  return (
    <Link to={`/repairs?order=${encodeURIComponent(id)}`} className={`code ${styles.link}`}>
      {code}
    </Link>
  );
}

/** Names a ride, and leads to it those who may see its work orders. */
export function RideLink({ code, children }: { code: string; children: string }) {
  if (!useCan()(LIST)) return children;
  return (
    <Link to={`/repairs/rides/${encodeURIComponent(code)}`} className={styles.link}>
      {children}
    </Link>
  );
}
