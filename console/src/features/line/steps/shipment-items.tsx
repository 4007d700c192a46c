import { DateTime } from "~/components/date-time";
import type { KeyValue } from "~/components/key-value-list";
import type { PackDetail } from "../queries";
import { texts } from "./texts";

/** Return where a pack was shipped and whether it came back, and how often it was built or taken back. */
export function shipmentItems({ attempt, customer, order, shippedAt, returnedAt }: PackDetail): readonly KeyValue[] {
  const { fields } = texts;
  return [
    { label: fields.attempt, value: attempt > 1 ? attempt : undefined },
    { label: fields.customer, value: customer },
    { label: fields.order, value: order },
    { label: fields.shipped, value: shippedAt === undefined ? undefined : <DateTime value={shippedAt} /> },
    { label: fields.returned, value: returnedAt === undefined ? undefined : <DateTime value={returnedAt} /> },
  ];
}
