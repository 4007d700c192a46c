import { Button } from "@mantine/core";
import { IconBinaryTree } from "@tabler/icons-react";
import { Link } from "react-router";
import { useCan } from "~/app/me";
import { shortId } from "~/components/copyable";
import { MAY } from "./feature";
import styles from "./links.module.css";
import type { SkuSpec } from "./queries";
import { texts } from "./texts";

/** The address of the trace of a serial number, which may hold any visible character. */
export function tracePath(serial: string): string {
  return `/trace?serial=${encodeURIComponent(serial)}`;
}

/** Leads to the trace of a serial number, for those who may see it. */
export function TraceButton({ serial }: { serial: string }) {
  if (!useCan()(MAY.trace)) return null;
  return (
    <Button component={Link} to={tracePath(serial)} variant="default" leftSection={<IconBinaryTree size={16} />}>
      {texts.trace}
    </Button>
  );
}

/** Names a thing of the line by its serial number or id, and leads to it. */
export function LineLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className={`code ${styles.link}`}>
      {children}
    </Link>
  );
}

export function BatchLink({ batchId }: { batchId: string }) {
  return <LineLink to={`/line/batches/${batchId}`}>{shortId(batchId)}</LineLink>;
}

export function SkuLink({ sku }: { sku: SkuSpec }) {
  return (
    <Link to={`/line/skus/${sku.id}`} className={styles.link}>
      {sku.skuCode === undefined ? sku.name : `${sku.name} (${sku.skuCode})`}
    </Link>
  );
}
