import { Skeleton, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { PointerEvent } from "react";
import { useAddressValue } from "~/components/filters";
import { common } from "~/texts/common";
import styles from "./board.module.css";
import { OrderCard } from "./order-card";
import type { WorkOrder } from "./queries";
import { BOARD_STATES, STATES, type WorkOrderState } from "./states";
import { texts } from "./texts";

export interface BoardProps {
  orders: readonly WorkOrder[];
  loading: boolean;
  /** Open orders exist that are not loaded. */
  hasMore: boolean;
  filtered: boolean;
  open: string | null;
  dragged: string | null;
  pending: string | null;
  isGone: (order: WorkOrder) => boolean;
  onOpen: (orderId: string) => void;
  onDragStart: (event: PointerEvent, order: WorkOrder) => void;
}

/** So many cards of a column say what the work waits for. */
const EXPLAINED = 20;

const PHONE = "(max-width: 48em)";

/** The work orders in a column for each state; on a phone one column at a time. */
export function Board(props: BoardProps) {
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const [chosen, choose] = useAddressValue("state");
  const columns = BOARD_STATES.map((state) => ({
    state,
    orders: props.orders.filter((order) => order.state === state),
  }));
  if (!isPhone) {
    return (
      <div className={styles.board} role="group" aria-label={texts.board.label} tabIndex={-1}>
        {columns.map((column) => (
          <Column key={column.state} {...props} {...column} />
        ))}
      </div>
    );
  }
  const shown = columns.find(({ state }) => state === chosen) ?? columns.find(({ orders }) => orders.length > 0);
  const column = shown ?? { state: "ROUTED" as const, orders: [] };
  return (
    <>
      <div className={styles.tabs} role="group" aria-label={texts.board.states}>
        {columns.map(({ state, orders }) => (
          <UnstyledButton
            key={state}
            className={`${styles.tab} ${state === column.state ? styles.current : ""}`}
            aria-pressed={state === column.state}
            onClick={() => choose(state)}
          >
            {labelOf(state)} <span className={styles.count}>{orders.length}</span>
          </UnstyledButton>
        ))}
      </div>
      <Column {...props} {...column} />
    </>
  );
}

function labelOf(state: WorkOrderState): string {
  return state === "DONE" ? texts.board.doneToday : STATES[state].label;
}

function Column({ state, orders, ...props }: BoardProps & { state: WorkOrderState }) {
  const count = texts.board.count(orders.length, props.hasMore && state !== "DONE");
  return (
    <section
      className={`${styles.column} ${orders.length === 0 ? styles.vacant : ""}`}
      aria-label={texts.board.column(labelOf(state), count)}
    >
      <h2 className={styles.head}>
        <span className={styles.dot} style={{ background: `var(--tone-${STATES[state].tone})` }} aria-hidden="true" />
        {labelOf(state)}
        <span className={styles.count}>{count}</span>
      </h2>
      {props.loading && <Loading />}
      {!props.loading && orders.length === 0 && (
        <p className={styles.none}>{props.filtered ? texts.board.emptyMatch : texts.board.empty}</p>
      )}
      <ul className={styles.cards}>
        {orders.map((order, index) => (
          <li key={order.id}>
            <OrderCard
              order={order}
              isOpen={props.open === order.id}
              isPending={props.pending === order.id}
              isDragged={props.dragged === order.id}
              isGone={props.isGone(order)}
              isExplained={index < EXPLAINED}
              onOpen={() => props.onOpen(order.id)}
              onPointerDown={(event) => props.onDragStart(event, order)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Loading() {
  return (
    <div className={styles.cards} role="status" aria-label={common.list.loading}>
      <Skeleton height={104} radius="lg" />
      <Skeleton height={104} radius="lg" />
    </div>
  );
}
