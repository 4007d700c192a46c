/** The sections of the overview in one form: which numbers a card shows, in which order, and where they lead. */

import type { Schema } from "~/api/schema";
import type { Tone } from "~/components/status-badge";
import type { DomainName, Overview } from "./queries";
import { texts } from "./texts";

export interface Figure {
  id: string;
  label: string;
  tone: Tone;
  count: number;
  /** Whether there may be more. */
  isAtLeast: boolean;
  /** The address of the list with these entries. */
  to: string | null;
}

export interface Trend {
  id: string;
  label: string;
  /** The values of 24 hours, oldest first. */
  values: readonly number[];
}

export interface Rate {
  label: string;
  /** From 0 to 1; null without any entry. */
  share: number | null;
}

export interface Card {
  id: DomainName;
  /** The list of the domain. */
  list: string;
  now: readonly Figure[];
  today: readonly Figure[];
  trends: readonly Trend[];
  rate: Rate | null;
}

/** A number of a section: its field, its tone, and the filter of its list. Zeros of hidden ones take no room. */
type Entry<Field extends string> = readonly [field: Field, tone: Tone, filter?: string];

/** Return the cards of the sections that the response has. */
export function cardsOf(overview: Overview): readonly Card[] {
  const { dispatch, picking, packing, maintenance, manufacturing } = overview;
  const midnight = `${new Date(Date.parse(overview.firstHour) + 23 * 3_600_000).toISOString().slice(0, 10)}T00:00:00.000Z`;
  return [
    dispatch && dispatchCard(dispatch, midnight),
    picking && pickingCard(picking),
    packing && packingCard(packing),
    maintenance && maintenanceCard(maintenance),
    manufacturing && manufacturingCard(manufacturing),
  ].filter((card) => card !== undefined);
}

/** Whether nothing has happened yet in any domain. */
export function isEmpty(cards: readonly Card[]): boolean {
  return cards.every(
    ({ now, today, trends }) =>
      [...now, ...today].every(({ count }) => count === 0) &&
      trends.every(({ values }) => values.every((value) => value === 0)),
  );
}

function dispatchCard({ states, atLeast, hours }: Schema<"DispatchOverview">, midnight: string): Card {
  const figures = figuresOf(states, atLeast, "/dispatch/orders");
  const since = `&from=${encodeURIComponent(midnight)}`;
  const ended = states.delivered + states.noNearbyDriver + states.canceledByCustomer;
  return {
    id: "dispatch",
    list: "/dispatch/orders",
    now: figures([
      ["assigned", "info", "status=assigned"],
      ["accepted", "active", "status=accepted"],
      ["arrived", "active", "status=arrived"],
      ["pickedUp", "active", "status=picked_up"],
      ["undeliverable", "bad", "status=undeliverable"],
    ]),
    today: figures([
      ["delivered", "good", `status=delivered${since}`],
      ["noNearbyDriver", "warning", `status=no_nearby_driver${since}`],
      ["returned", "neutral", `status=returned${since}`],
      ["canceledByCustomer", "neutral", `status=canceled_by_customer${since}`],
      ["canceledByDispatcher", "neutral", `status=canceled_by_dispatcher${since}`],
    ]),
    trends: trendsOf(hours, ["created", "delivered"]),
    rate: { label: texts.rates.noCourier, share: ratio(states.noNearbyDriver, ended) },
  };
}

function pickingCard({ states, atLeast, hours }: Schema<"PickingOverview">): Card {
  const figures = figuresOf(states, atLeast, "/picking/assignments");
  return {
    id: "picking",
    list: "/picking/assignments",
    now: figures([
      ["queued", "info", "status=queued"],
      ["active", "active", "status=active"],
    ]),
    today: figures([
      ["completed", "good", "status=completed"],
      ["closed", "neutral", "status=closed"],
    ]),
    trends: trendsOf(hours, ["units"]),
    rate: null,
  };
}

function packingCard({ states, atLeast, hours }: Schema<"PackingOverview">): Card {
  const figures = figuresOf(states, atLeast, "/packing/shipments");
  return {
    id: "packing",
    list: "/packing/shipments",
    now: figures([
      ["pending", "info", ""],
      ["packing", "active", ""],
    ]),
    today: figures([["packed", "good", ""]]),
    trends: trendsOf(hours, ["created", "packed"], { created: texts.series.imported }),
    rate: null,
  };
}

function maintenanceCard({ states, atLeast, overdue, dueSoon, hours }: Schema<"MaintenanceOverview">): Card {
  const figures = figuresOf({ ...states, overdue, dueSoon }, atLeast, "/repairs", {
    assigned: texts.states.workAssigned,
  });
  return {
    id: "maintenance",
    list: "/repairs",
    now: figures([
      ["overdue", "bad", "state=overdue"],
      ["dueSoon", "warning", ""],
      ["routed", "info", "state=routed"],
      ["assigned", "info", "state=assigned"],
      ["inProgress", "active", "state=in_progress"],
      ["onHold", "neutral", "state=on_hold"],
      ["returned", "warning", "state=returned"],
      ["outsourced", "neutral", "state=outsourced"],
    ]),
    today: figures([["done", "good", "state=done"]]),
    trends: trendsOf(hours, ["created", "done"]),
    rate: null,
  };
}

function manufacturingCard({ states, hours }: Schema<"ManufacturingOverview">): Card {
  const batches = figuresOf(states, [], "/line/batches");
  const modules = figuresOf(states, [], "/line/modules");
  const packs = figuresOf(states, [], "/line/packs");
  return {
    id: "manufacturing",
    list: "/line",
    now: [
      ...batches([
        ["batchesDraft", "neutral", "status=DRAFT"],
        ["batchesInProgress", "active", "status=IN_PROGRESS"],
      ]),
      ...modules([
        ["modulesDraft", "neutral", "status=DRAFT"],
        ["modulesInProgress", "active", "status=IN_PROGRESS"],
      ]),
      ...packs([
        ["packsDraft", "neutral", "status=DRAFT"],
        ["packsInProgress", "active", "status=IN_PROGRESS"],
        ["packsReadyForEol", "warning", "status=READY_FOR_EOL"],
        ["packsInQuarantine", "warning", "disposition=QUARANTINE"],
        ["packsInRework", "warning", "status=REWORK"],
      ]),
    ],
    today: [
      ...packs([
        ["packsPassed", "good", "status=PASSED"],
        ["packsFailed", "bad", "status=FAILED"],
      ]),
      ...modules([["modulesSealed", "good", "status=SEALED"]]),
      ...batches([["batchesCompleted", "good", "status=COMPLETED"]]),
    ],
    trends: trendsOf(hours, ["modulesSealed", "packsSealed"]),
    rate: { label: texts.rates.passed, share: ratio(states.packsPassed, states.packsPassed + states.packsFailed) },
  };
}

type Label = keyof typeof texts.states;

function figuresOf<Field extends Label>(
  numbers: Readonly<Record<Field, number>>,
  atLeast: readonly string[],
  list: string,
  labels: Partial<Record<Field, string>> = {},
) {
  return (entries: readonly Entry<Field>[]): readonly Figure[] =>
    entries.map(([id, tone, filter]) => ({
      id,
      label: labels[id] ?? texts.states[id],
      tone,
      count: numbers[id],
      isAtLeast: atLeast.includes(id),
      to: filter === undefined ? null : filter === "" ? list : `${list}?${filter}`,
    }));
}

function trendsOf<Field extends keyof typeof texts.series>(
  hours: Readonly<Record<Field, readonly number[]>>,
  fields: readonly Field[],
  labels: Partial<Record<Field, string>> = {},
): readonly Trend[] {
  return fields.map((id) => ({ id, label: labels[id] ?? texts.series[id], values: hours[id] }));
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
