import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { LIVE_MS, live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { AssignmentState, Role } from "./states";

export type Assignment = Schema<"AssignmentSummary">;
export type AssignmentPage = Schema<"AssignmentPage">;
export type AssignmentDetail = Schema<"AssignmentDetail">;
export type Picker = Schema<"AssignmentPicker">;
export type Zone = Schema<"ZoneView">;
export type PickerView = Schema<"PickerView">;
export type AssignmentLine = Schema<"AssignmentLine">;
export type Short = Schema<"ShortView">;
export type ShortPage = Schema<"ShortPage">;
export type Performance = Schema<"PerformanceReport">;
export type PerformanceRow = Schema<"PerformanceRow">;
export type RejectedEvent = Schema<"RejectedEventView">;
export type RejectedPage = Schema<"RejectedEventPage">;

type CommandHeader = { "Idempotency-Key": string };

export interface AssignmentFilter {
  status: string;
  role: string;
  zone: string;
  holder: string;
}

const PAGE = 50;
const LARGEST_PAGE = 100;

export const keys = {
  all: ["picking"] as const,
  lists: ["picking", "list"] as const,
  details: ["picking", "one"] as const,
};

export function assignmentsQuery(filter: AssignmentFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.lists, filter],
    queryFn: ({ pageParam: cursor, signal }): Promise<AssignmentPage> => {
      const query = {
        status: (filter.status || undefined) as AssignmentState | undefined,
        role: (filter.role || undefined) as Role | undefined,
        zone: filter.zone || undefined,
        holder: filter.holder || undefined,
        limit: PAGE,
        cursor,
      };
      return dataOf(api.GET("/v1/assignments", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    ...live,
  });
}

/** What waits, in the order in which it is claimed. */
export function queueQuery({ role, zone }: { role: string; zone: string }) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "queue", role, zone],
    queryFn: ({ pageParam: cursor, signal }): Promise<AssignmentPage> => {
      const query = { role: (role || undefined) as Role | undefined, zone: zone || undefined, limit: PAGE, cursor };
      return dataOf(api.GET("/v1/picking/queue", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    ...live,
  });
}

/** The zones of the warehouse, with how many assignments wait and are picked in each. */
export const zonesQuery = queryOptions({
  queryKey: [...keys.all, "zones"],
  queryFn: async ({ signal }): Promise<readonly Zone[]> => {
    const zones: Zone[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: LARGEST_PAGE, cursor };
      const page = await dataOf(api.GET("/v1/picking/zones", { params: { query }, signal }));
      zones.push(...page.zones);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return zones.sort((one, other) => one.zone.localeCompare(other.zone));
  },
  ...live,
});

/** Everybody who can be given an assignment: those who hold none first. */
export const pickersQuery = queryOptions({
  queryKey: [...keys.all, "pickers"],
  queryFn: async ({ signal }): Promise<readonly PickerView[]> => {
    const pickers: PickerView[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: LARGEST_PAGE, cursor };
      const page = await dataOf(api.GET("/v1/picking/pickers", { params: { query }, signal }));
      pickers.push(...page.pickers);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return pickers.sort(byFreedom);
  },
  staleTime: LIVE_MS,
});

export function assignmentQuery(assignmentId: string) {
  return queryOptions({
    queryKey: [...keys.details, assignmentId],
    queryFn: ({ signal }) => readDetail(assignmentId, signal),
    ...live,
  });
}

/** The name of a person who holds an assignment. Lists have only ids; a name is read once. */
export function holderNameQuery(userId: string, assignmentId: string) {
  return queryOptions({
    queryKey: [...keys.all, "name", userId],
    queryFn: async ({ signal }) => {
      const { pickers } = await readDetail(assignmentId, signal);
      return { userId, name: pickers.find((picker) => picker.user_id === userId)?.name ?? userId };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Give an assignment to a person, and take it from everybody else. */
export function assignTo(assignmentId: string, userId: string, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/v1/assignments/{assignment_id}/assign", {
      params: { path: { assignment_id: assignmentId }, header },
      body: { user_id: userId },
    }),
  );
}

export function changePriority(assignmentId: string, priority: number, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.PATCH("/v1/assignments/{assignment_id}", {
      params: { path: { assignment_id: assignmentId }, header },
      body: { priority },
    }),
  );
}

export function releaseAssignment(assignmentId: string, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/assignments/{assignment_id}/release", {
      params: { path: { assignment_id: assignmentId }, header },
    }),
  );
}

export function closeAssignment(assignmentId: string, reason: string, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/assignments/{assignment_id}/close", {
      params: { path: { assignment_id: assignmentId }, header },
      body: { reason },
    }),
  );
}

/** The lines of an assignment in the order in which one walks. */
export function linesQuery(assignmentId: string) {
  return queryOptions({
    queryKey: [...keys.all, "lines", assignmentId],
    queryFn: async ({ signal }) => {
      const params = { path: { assignment_id: assignmentId } };
      return (await dataOf(api.GET("/assignments/{assignment_id}/lines", { params, signal }))).lines;
    },
    ...live,
  });
}

/** Close a line of which less is picked than was ordered. What was counted so far is what was picked. */
export function shortLine(line: { assignmentId: string; number: number; reason: string }, header: CommandHeader) {
  return dataOf(
    api.POST("/assignments/{assignment_id}/lines/{line_number}/short", {
      params: { path: { assignment_id: line.assignmentId, line_number: `${line.number}` }, header },
      body: { reason: line.reason },
    }),
  );
}

/** The lines that were closed short, the last closed first. */
export const shortsQuery = infiniteQueryOptions({
  queryKey: [...keys.all, "shorts"],
  queryFn: ({ pageParam: cursor, signal }): Promise<ShortPage> =>
    dataOf(api.GET("/v1/picking/shorts", { params: { query: { limit: PAGE, cursor } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor,
  ...live,
});

export interface PerformanceFilter {
  by: Performance["by"];
  /** Dates; empty for the last seven days. */
  from: string;
  to: string;
}

const REPORT_MS = 60_000;

/** What was picked and how fast. It changes with every scan, and is read again every minute. */
export function performanceQuery(filter: PerformanceFilter) {
  return queryOptions({
    queryKey: [...keys.all, "performance", filter],
    // A text only where CSV is asked for.
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/v1/picking/performance", { params: { query: performanceParameters(filter) }, signal }),
      ) as Promise<Performance>,
    refetchInterval: REPORT_MS,
    placeholderData: keepPreviousData,
  });
}

/** The same as CSV. */
export function readPerformanceCsv(filter: PerformanceFilter): Promise<Blob> {
  return dataOf<Blob>(
    api.GET("/v1/picking/performance", {
      params: { query: performanceParameters(filter) },
      headers: { Accept: "text/csv" },
      parseAs: "blob",
    }),
  );
}

function performanceParameters({ by, from, to }: PerformanceFilter) {
  return { by, from: from || undefined, to: to || undefined };
}

/** The rejected events of a status, the last rejected first. */
export function rejectedQuery(status: RejectedEvent["status"]) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "rejected", status],
    queryFn: ({ pageParam: cursor, signal }): Promise<RejectedPage> =>
      dataOf(api.GET("/v1/picking/rejected-events", { params: { query: { status, limit: PAGE, cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    ...live,
  });
}

export function acceptEvent(eventId: string, note: string, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/v1/picking/rejected-events/{client_event_id}/accept", {
      params: { path: { client_event_id: eventId }, header },
      body: note === "" ? {} : { note },
    }),
  );
}

export function dismissEvent(eventId: string, note: string, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/v1/picking/rejected-events/{client_event_id}/dismiss", {
      params: { path: { client_event_id: eventId }, header },
      body: { note },
    }),
  );
}

function readDetail(assignmentId: string, signal: AbortSignal): Promise<AssignmentDetail> {
  return dataOf(
    api.GET("/v1/assignments/{assignment_id}", { params: { path: { assignment_id: assignmentId } }, signal }),
  );
}

function byFreedom(one: PickerView, other: PickerView): number {
  return one.assignment_ids.length - other.assignment_ids.length || one.name.localeCompare(other.name);
}
