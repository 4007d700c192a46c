import { Button, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useCan } from "~/app/me";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { StatusBadge } from "~/components/status-badge";
import { Due, PriorityBadge } from "../due";
import { OrderLink, RideLink } from "../links";
import { CREATE } from "../permissions";
import { type Checklist, checklistQuery, type WorkOrder } from "../queries";
import { STATES } from "../states";
import styles from "./rides.module.css";
import { CHECKLIST_STATES } from "./states";
import { texts } from "./texts";

interface ChecklistDrawerProps {
  checklistRef: string | null;
  onClose: () => void;
}

/** Everything about one checklist: its items, and the open work orders that hold it. */
export function ChecklistDrawer({ checklistRef, onClose }: ChecklistDrawerProps) {
  const query = useQuery({ ...checklistQuery(checklistRef ?? ""), enabled: checklistRef !== null });
  const { data, error, refetch } = query;
  const canCreate = useCan()(CREATE);
  return (
    <DetailDrawer
      opened={checklistRef !== null}
      onClose={onClose}
      title={data?.name ?? checklistRef ?? ""}
      badge={data === undefined ? undefined : <StatusBadge state={data.status} states={CHECKLIST_STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data !== undefined && canCreate && (
        <div>
          <Button
            component={Link}
            to={`/repairs/new?checklist=${encodeURIComponent(data.checklistRef)}`}
            leftSection={<IconPlus size={16} aria-hidden="true" />}
          >
            {texts.checklists.newOrder}
          </Button>
        </div>
      )}
      {data !== undefined && <Detail checklist={data} />}
      {data === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}

function Detail({ checklist }: { checklist: Checklist }) {
  const { columns, items, open, noOpen, moreOpen, ride, zone } = texts.checklists;
  const { openWorkOrders, openCount } = checklist;
  const rideName = texts.ride.title(checklist.ride, checklist.rideCode);
  return (
    <>
      <KeyValueList
        items={[
          { label: columns.ref, value: checklist.checklistRef },
          { label: ride, value: <RideLink code={checklist.rideCode}>{rideName}</RideLink> },
          { label: zone, value: checklist.gameZone },
        ]}
      />
      <DrawerSection title={`${open} (${openCount})`}>
        {openWorkOrders.length === 0 && <p className={styles.meta}>{noOpen}</p>}
        <ul className={styles.list}>
          {openWorkOrders.map((order) => (
            <li key={order.id}>
              <OpenOrder order={order} />
            </li>
          ))}
        </ul>
        {openWorkOrders.length < openCount && <p className={styles.note}>{moreOpen(openWorkOrders.length)}</p>}
      </DrawerSection>
      <DrawerSection title={items}>
        <ul className={styles.list}>
          {checklist.items.map(({ itemRef, text, note }) => (
            <li key={itemRef}>
              {text}
              <div className={styles.meta}>{[itemRef, note].filter(Boolean).join(" · ")}</div>
            </li>
          ))}
        </ul>
      </DrawerSection>
    </>
  );
}

function OpenOrder({ order }: { order: WorkOrder }) {
  return (
    <>
      <span className={styles.line}>
        <OrderLink order={order} />
        <StatusBadge state={order.state} states={STATES} />
      </span>
      <div>{order.aItemText}</div>
      <span className={styles.line}>
        <PriorityBadge priority={order.priority} />
        <Due order={order} />
      </span>
    </>
  );
}
