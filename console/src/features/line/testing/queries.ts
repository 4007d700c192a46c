import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { Headers } from "../commands";
import { type Exact, exactJson, exactOf } from "../exact";
import type { Measurement } from "../limits";
import { keys } from "../queries";

const PAGE = 50;

/** All tests of a unit, newest first. */
export function unitTestsQuery(serial: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "tests", serial],
    queryFn: ({ pageParam, signal }) => readTests(serial, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    ...live,
  });
}

/** The newest test of a step, or none. */
export function stepTestQuery(serial: string, step: string) {
  return queryOptions({
    queryKey: [...keys.all, "tests", serial, "step", step],
    queryFn: async ({ signal }) => (await readTests(serial, { step, limit: 1 }, signal)).data,
    ...live,
  });
}

function readTests(
  serial: string,
  query: { limit: number; cursor?: string | undefined; step?: string },
  signal: AbortSignal,
) {
  const params = { path: { serial }, query };
  return exactOf<"list_unit_tests">(api.GET("/v1/units/{serial}/tests", { params, signal, parseAs: "text" }));
}

export interface TestInput {
  step: string;
  result: "PASS" | "FAIL";
  station?: string;
  program?: string;
  measurements: Readonly<Record<string, Measurement>>;
}

export async function recordTest(serial: string, body: TestInput, header: Headers) {
  const request = api.POST("/v1/units/{serial}/tests", {
    params: { path: { serial }, header },
    // Decimals are text here, and numbers in what is sent.
    body: body as unknown as Schema<"RecordTest">,
    bodySerializer: exactJson,
    parseAs: "text",
  });
  const { data } = await request;
  return (JSON.parse(String(data)) as { data: Exact<Schema<"UnitTestView">> }).data;
}
