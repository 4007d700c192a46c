import { Text } from "@mantine/core";
import { DateTime } from "~/components/date-time";
import { DrawerSection } from "~/components/detail-drawer";
import { KeyValueList } from "~/components/key-value-list";
import { formatDuration } from "~/components/time";
import { Comments } from "./comments/comments";
import { Due, PriorityBadge } from "./due";
import { useGone } from "./gone";
import { Holds } from "./holds";
import { RideLink } from "./links";
import { moneyOf } from "./money";
import styles from "./order-detail.module.css";
import { OrderPhotos } from "./order-photos";
import { useMayProve, useMayShowIssue } from "./permissions";
import { PhotoUpload } from "./photo-upload";
import type { WorkOrderDetail } from "./queries";
import { texts } from "./texts";
import { OrderTimeline } from "./timeline";
import { Labour } from "./usage/labour";
import { Parts } from "./usage/parts";

/** The finding, the photos, the times and the history of a work order. */
export function OrderDetail({ order }: { order: WorkOrderDetail }) {
  const { detail } = texts;
  return (
    <>
      <Finding order={order} />
      <IssuePhotos order={order} />
      <WorkPhotos order={order} />
      <Holds order={order} />
      {order.fixNote !== null && (
        <DrawerSection title={detail.fix}>
          <p className={styles.text}>{order.fixNote}</p>
        </DrawerSection>
      )}
      {order.cancelReason !== null && (
        <DrawerSection title={detail.cancelReason}>
          <p className={styles.text}>{order.cancelReason}</p>
        </DrawerSection>
      )}
      {order.returnReason !== null && (
        <DrawerSection title={detail.returned}>
          <p className={styles.text}>{order.returnReason}</p>
          <p className={styles.by}>{order.returnedBy}</p>
        </DrawerSection>
      )}
      <DrawerSection title={detail.work}>
        <Facts order={order} />
      </DrawerSection>
      <Labour order={order} />
      <Parts order={order} />
      <Comments order={order} />
      <DrawerSection title={detail.timeline}>
        <OrderTimeline order={order} />
      </DrawerSection>
    </>
  );
}

function Finding({ order }: { order: WorkOrderDetail }) {
  const { aItem, instructions } = order;
  return (
    <DrawerSection title={texts.detail.finding}>
      <p className={styles.finding}>{aItem.text}</p>
      {aItem.note !== null && <p className={styles.by}>{aItem.note}</p>}
      <div className={styles.marks}>
        <PriorityBadge priority={order.priority} />
        <Due order={order} />
      </div>
      {instructions !== null && (
        <div className={styles.instructions}>
          <span className={styles.by}>{texts.detail.instructions}</span>
          <p className={styles.text}>{instructions}</p>
        </div>
      )}
    </DrawerSection>
  );
}

function IssuePhotos({ order }: { order: WorkOrderDetail }) {
  const mayUpload = useMayShowIssue()(order);
  if (order.issuePhotos.length === 0 && !mayUpload) return null;
  return (
    <DrawerSection title={texts.detail.issuePhotos}>
      <OrderPhotos photos={order.issuePhotos} order={order} />
      {mayUpload && (
        <div className={styles.upload}>
          <PhotoUpload order={order} kind="ISSUE" />
        </div>
      )}
    </DrawerSection>
  );
}

function WorkPhotos({ order }: { order: WorkOrderDetail }) {
  const mayUpload = useMayProve()(order);
  const { photos, hasMorePhotos = false } = order;
  if (photos.length === 0 && !mayUpload) return null;
  return (
    <DrawerSection title={texts.detail.photos}>
      {photos.length === 0 && (
        <Text size="sm" c="dimmed">
          {texts.detail.noPhotos}
        </Text>
      )}
      <OrderPhotos photos={photos} order={order} />
      {hasMorePhotos && (
        <Text size="sm" c="dimmed">
          {texts.detail.morePhotos}
        </Text>
      )}
      {mayUpload && (
        <div className={styles.upload}>
          <PhotoUpload order={order} kind="COMPLETION" />
        </div>
      )}
    </DrawerSection>
  );
}

function Facts({ order }: { order: WorkOrderDetail }) {
  const { detail } = texts;
  const { sla, sourceChecklist } = order;
  const isGone = useGone(order.gameZone)(order);
  const technician = order.technician === null || !isGone ? order.technician : detail.gone(order.technician);
  return (
    <KeyValueList
      items={[
        { label: detail.ride, value: <RideLink code={order.rideCode}>{`${order.ride} (${order.rideCode})`}</RideLink> },
        { label: detail.zone, value: order.gameZone },
        { label: detail.checklist, value: `${sourceChecklist.name} (${sourceChecklist.id})` },
        { label: detail.technician, value: technician ?? (order.vendor === null ? detail.nobody : null) },
        { label: detail.vendor, value: order.vendor },
        { label: detail.vendorNote, value: order.vendorNote },
        { label: detail.vendorCost, value: costOf(order) },
        { label: detail.routedBy, value: order.routedBy },
        { label: detail.assignedBy, value: order.assignedBy },
        { label: detail.created, value: <DateTime value={order.createdAt} /> },
        { label: detail.due, value: <DueDate order={order} /> },
        { label: detail.started, value: order.startedAt === null ? null : <DateTime value={order.startedAt} /> },
        {
          label: order.state === "CANCELLED" ? detail.cancelled : detail.closed,
          value: order.closedAt === null ? null : <DateTime value={order.closedAt} />,
        },
        {
          label: order.closedAt === null ? detail.age : detail.took,
          value: formatDuration(Math.max(60, Math.round(sla.ageHrs * 60) * 60)),
        },
      ]}
    />
  );
}

function DueDate({ order }: { order: WorkOrderDetail }) {
  return (
    <>
      <DateTime value={order.sla.dueAt} />
      {order.state === "ON_HOLD" && `, ${texts.detail.duePaused}`}
    </>
  );
}

function costOf({ vendorCost, vendorCurrency }: WorkOrderDetail): string | null {
  return vendorCost === null ? null : moneyOf(vendorCost, vendorCurrency);
}
