import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { useCan, useMe } from "~/app/me";
import { useNow } from "~/components/date-time";
import { type Dragging, useDrag } from "~/components/drag";
import { ErrorNote } from "~/components/error-note";
import { FilterBar, SelectFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { Board } from "./board";
import styles from "./board.module.css";
import { StepDialogs } from "./dialogs";
import { DUE_OPTIONS, matches, type OrderFilter, technicianOptions, zoneOptions } from "./filtering";
import { useGone } from "./gone";
import { OrderDrawer } from "./order-drawer";
import { ASSIGN, CREATE, READ_TECHNICIANS } from "./permissions";
import { doneQuery, openQuery, ordersOf, type Technician, techniciansQuery, type WorkOrder } from "./queries";
import { PRIORITY_OPTIONS } from "./states";
import { TechniciansStrip, technicianAt } from "./technicians-strip";
import { texts } from "./texts";
import { useAssignAtOnce } from "./use-order-steps";

const FILTERS = ["zone", "technician", "priority", "due"] as const;
const NO_TECHNICIANS: readonly Technician[] = [];

/** The board of a lead: the open work orders and those done today, by state. */
export default function BoardPage() {
  return (
    <StepDialogs>
      <BoardView />
    </StepDialogs>
  );
}

function BoardView() {
  const can = useCan();
  const filters = useFilters(FILTERS);
  const [openId, setOpen] = useAddressValue("order");
  const board = useBoardOrders(filters.values.zone);
  const all = useTechnicians("");
  const inZone = useTechnicians(filters.values.zone);
  const atOnce = useAssignAtOnce();
  const { dragging, begin } = useDrag<WorkOrder>({
    targetAt: technicianAt,
    onDrop: (order, technicianId) => atOnce.assign({ order, technicianId }),
  });
  const isGone = useGone("");
  const now = useNow();
  const shown = board.orders.filter((order) => matches(order, filters.values, { isGone, now }));
  return (
    <>
      <PageHeader
        title={texts.board.title}
        description={can(ASSIGN) ? texts.board.descriptionForLeads : texts.board.description}
        actions={<NewOrder />}
      />
      <BoardFilters filters={filters} orders={board.orders} technicians={all} />
      {can(ASSIGN) && <TechniciansStrip technicians={inZone} dragging={dragging} />}
      {board.error !== null && <ErrorNote error={board.error} onRetry={board.retry} />}
      {board.isEmpty && !filters.active ? (
        <StateMessage kind="empty" title={texts.board.noOrders} text={texts.board.noOrdersHint} />
      ) : (
        <Board
          orders={shown}
          loading={board.loading}
          hasMore={board.hasMore}
          filtered={filters.active}
          open={openId}
          dragged={dragging?.item.id ?? null}
          pending={atOnce.pending?.order.id ?? null}
          isGone={isGone}
          onOpen={setOpen}
          onDragStart={begin}
        />
      )}
      {board.hasMore && (
        <div className={styles.more}>
          <Button variant="default" loading={board.loadingMore} onClick={board.more}>
            {texts.board.more}
          </Button>
          {texts.board.moreHint}
        </div>
      )}
      {dragging !== null && <Ghost dragging={dragging} />}
      <OrderDrawer orderId={openId} onClose={() => setOpen(null)} />
    </>
  );
}

function NewOrder() {
  if (!useCan()(CREATE)) return null;
  return (
    <Button component={Link} to="/repairs/new" leftSection={<IconPlus size={16} aria-hidden="true" />}>
      {texts.board.newOrder}
    </Button>
  );
}

interface BoardFiltersProps {
  filters: ReturnType<typeof useFilters<keyof OrderFilter>>;
  orders: readonly WorkOrder[];
  technicians: readonly Technician[];
}

function BoardFilters({ filters, orders, technicians }: BoardFiltersProps) {
  const { values, set } = filters;
  const { gameZone } = useMe();
  const zones = zoneOptions(orders, technicians, values.zone);
  const people = technicianOptions(orders, technicians, values);
  return (
    <FilterBar active={filters.active} onClear={filters.clear}>
      {(zones.length > 1 || gameZone === null) && (
        <SelectFilter
          label={texts.filters.zone}
          options={zones}
          value={values.zone}
          onChange={(value) => set("zone", value)}
        />
      )}
      <SelectFilter
        label={texts.filters.technician}
        options={people}
        value={values.technician}
        onChange={(value) => set("technician", value)}
      />
      <SelectFilter
        label={texts.filters.priority}
        options={PRIORITY_OPTIONS}
        value={values.priority}
        onChange={(value) => set("priority", value)}
      />
      <SelectFilter
        label={texts.filters.due}
        options={DUE_OPTIONS}
        value={values.due}
        onChange={(value) => set("due", value)}
      />
    </FilterBar>
  );
}

function Ghost({ dragging: { item, x, y } }: { dragging: Dragging<WorkOrder> }) {
  return (
    <div className={styles.ghost} style={{ left: x + 12, top: y + 12 }} aria-hidden="true">
      {item.code}
    </div>
  );
}

function useTechnicians(zone: string): readonly Technician[] {
  const enabled = useCan()(READ_TECHNICIANS);
  return useQuery({ ...techniciansQuery(zone), enabled }).data?.technicians ?? NO_TECHNICIANS;
}

/** The open orders as far as they are loaded, and those that were finished today in the time of the device. */
function useBoardOrders(zone: string) {
  const open = useInfiniteQuery(openQuery(zone));
  const done = useQuery(doneQuery(zone));
  const today = useNow().toDateString();
  const orders = useMemo(() => {
    const closed = (done.data?.workOrders ?? []).filter(({ closedAt }) => isOn(closedAt, today));
    return [...(open.data?.pages.flatMap((page) => [...ordersOf(page)]) ?? []), ...closed.sort(newestFirst)];
  }, [open.data, done.data, today]);
  return {
    orders,
    loading: open.isPending,
    error: open.error ?? done.error,
    retry: () => void Promise.all([open.refetch(), done.refetch()]),
    isEmpty: open.isSuccess && done.isSuccess && orders.length === 0,
    hasMore: open.hasNextPage,
    loadingMore: open.isFetchingNextPage,
    more: () => void open.fetchNextPage(),
  };
}

function isOn(time: string | null, day: string): boolean {
  return time !== null && new Date(time).toDateString() === day;
}

function newestFirst(a: WorkOrder, b: WorkOrder): number {
  return (b.closedAt ?? "").localeCompare(a.closedAt ?? "");
}
