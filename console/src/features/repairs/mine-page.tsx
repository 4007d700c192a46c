import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ErrorNote } from "~/components/error-note";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { common } from "~/texts/common";
import { StepDialogs } from "./dialogs";
import { Due, PriorityBadge } from "./due";
import styles from "./mine.module.css";
import { OrderDrawer } from "./order-drawer";
import { dashboardQuery, type OwnFilter, ordersOf, ownQuery, type WorkOrder } from "./queries";
import { STATES } from "./states";
import { texts } from "./texts";

const FILTERS: readonly OwnFilter[] = ["assigned", "in_progress", "on_hold", "overdue", "returned", "done"];

/** A technician's own work, for a phone: what is due, and the steps of each work order. */
export default function MinePage() {
  const [openId, setOpen] = useAddressValue("order");
  const [chosen, choose] = useAddressValue("show");
  const filter = FILTERS.find((name) => name === chosen) ?? "";
  return (
    <StepDialogs>
      <PageHeader title={texts.mine.title} description={texts.mine.description} />
      <Numbers filter={filter} onChoose={choose} />
      <Orders filter={filter} onOpen={setOpen} />
      <OrderDrawer orderId={openId} onClose={() => setOpen(null)} />
    </StepDialogs>
  );
}

interface NumbersProps {
  filter: OwnFilter | "";
  onChoose: (filter: string | null) => void;
}

/** The numbers of the dashboard, each of which shows its work orders. */
function Numbers({ filter, onChoose }: NumbersProps) {
  const { data, error, refetch } = useQuery(dashboardQuery);
  if (data === undefined && error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  const counts = data?.counts;
  const tiles = [
    {
      name: "",
      label: texts.mine.all,
      count: counts && counts.assigned + counts.inProgress + counts.onHold + counts.returned,
    },
    { name: "assigned", label: texts.mine.assigned, count: counts?.assigned },
    { name: "in_progress", label: texts.mine.in_progress, count: counts?.inProgress },
    { name: "on_hold", label: texts.mine.on_hold, count: counts?.onHold },
    { name: "overdue", label: texts.mine.overdue, count: counts?.overdue, tone: "bad" },
    { name: "returned", label: texts.mine.returned, count: counts?.returned },
    { name: "done", label: texts.mine.done, count: counts?.done },
  ];
  return (
    <div className={styles.tiles} role="group" aria-label={texts.mine.filter}>
      {tiles.map(({ name, label, count, tone }) => (
        <button
          key={name}
          type="button"
          className={`${styles.tile} ${name === filter ? styles.chosen : ""}`}
          aria-pressed={name === filter}
          onClick={() => onChoose(name || null)}
        >
          <span className={`${styles.number} ${tone === "bad" && (count ?? 0) > 0 ? styles.bad : ""}`}>
            {count?.toLocaleString("en") ?? "–"}
          </span>
          <span className={styles.label}>{label}</span>
        </button>
      ))}
      {(counts?.dueSoon ?? 0) > 0 && (
        <p className={styles.soon}>
          {texts.mine.dueSoon}: {counts?.dueSoon}
        </p>
      )}
    </div>
  );
}

function Orders({ filter, onOpen }: { filter: OwnFilter | ""; onOpen: (orderId: string) => void }) {
  const query = useInfiniteQuery(ownQuery(filter));
  const orders = useMemo(() => query.data?.pages.flatMap((page) => [...ordersOf(page)]) ?? [], [query.data]);
  if (query.isPending) return <Loading />;
  return (
    <>
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      {orders.length === 0 && query.isSuccess && <Empty filter={filter} />}
      <ul className={styles.list} aria-label={texts.mine.list}>
        {orders.map((order) => (
          <li key={order.id}>
            <OwnOrder order={order} onOpen={() => onOpen(order.id)} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.list.loadMore}
        </Button>
      )}
    </>
  );
}

function OwnOrder({ order, onOpen }: { order: WorkOrder; onOpen: () => void }) {
  return (
    <button type="button" className={styles.order} onClick={onOpen}>
      <span className={styles.top}>
        <span className={`code ${styles.code}`}>{order.code}</span>
        <StatusBadge state={order.state} states={STATES} />
      </span>
      <span className={styles.text}>{order.aItemText}</span>
      <span className={styles.ride}>{order.ride}</span>
      <span className={styles.foot}>
        <PriorityBadge priority={order.priority} />
        <Due order={order} />
      </span>
    </button>
  );
}

function Empty({ filter }: { filter: OwnFilter | "" }) {
  if (filter !== "") return <StateMessage kind="empty" title={texts.mine.emptyFilter} />;
  return <StateMessage kind="empty" title={texts.mine.empty} text={texts.mine.emptyHint} />;
}

function Loading() {
  return (
    <div className={styles.list} role="status" aria-label={common.list.loading}>
      <Skeleton height={112} radius="lg" />
      <Skeleton height={112} radius="lg" />
    </div>
  );
}
