import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { AssignmentState, Role } from "./states";

export type Assignment = Schema<"AssignmentSummary">;
export type AssignmentPage = Schema<"AssignmentPage">;
export type AssignmentDetail = Schema<"AssignmentDetail">;
export type Picker = Schema<"AssignmentPicker">;
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
const QUEUE_PAGES = 10;

export const keys = {
  all: ["picking"] as const,
  lists: ["picking", "list"] as const,
  details: ["picking", "one"] as const,
};

export function assignmentsQuery(filter: AssignmentFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.lists, filter],
    queryFn: ({ pageParam, signal }) =>
      readPage(
        {
          status: (filter.status || undefined) as AssignmentState | undefined,
          role: (filter.role || undefined) as Role | undefined,
          zone: filter.zone || undefined,
          holder: filter.holder || undefined,
          limit: PAGE,
          cursor: pageParam,
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    ...live,
  });
}

export interface Queue {
  /** By role, as they are claimed: by priority, then by age. */
  assignments: readonly Assignment[];
  /** Whether more wait than were read. */
  cut: boolean;
}

/** All that waits. The API lists the newest first, so all pages are read before the first of the queue is known. */
export const queueQuery = queryOptions({
  queryKey: [...keys.all, "queue"],
  queryFn: async ({ signal }): Promise<Queue> => {
    const assignments: Assignment[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < QUEUE_PAGES; pages += 1) {
      const page = await readPage({ status: "queued", limit: LARGEST_PAGE, cursor }, signal);
      assignments.push(...page.assignments);
      cursor = page.next_cursor;
      if (cursor === undefined) break;
    }
    return { assignments: assignments.sort(byClaim), cut: cursor !== undefined };
  },
  ...live,
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

/** The zones of the newest assignments, for the filter. */
export const zonesQuery = queryOptions({
  queryKey: [...keys.all, "zones"],
  queryFn: async ({ signal }) => {
    const { assignments } = await readPage({ limit: LARGEST_PAGE }, signal);
    return [...new Set(assignments.map(({ zone }) => zone).filter((zone) => zone !== ""))].sort();
  },
  staleTime: 60_000,
});

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

interface PageQuery {
  status?: AssignmentState | undefined;
  role?: Role | undefined;
  zone?: string | undefined;
  holder?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

function readPage(query: PageQuery, signal: AbortSignal): Promise<AssignmentPage> {
  return dataOf(api.GET("/v1/assignments", { params: { query }, signal }));
}

function readDetail(assignmentId: string, signal: AbortSignal): Promise<AssignmentDetail> {
  return dataOf(
    api.GET("/v1/assignments/{assignment_id}", { params: { path: { assignment_id: assignmentId } }, signal }),
  );
}

function byClaim(one: Assignment, other: Assignment): number {
  return one.priority - other.priority || one.created_at.localeCompare(other.created_at);
}
