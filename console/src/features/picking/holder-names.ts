import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { shortId } from "~/components/copyable";
import { type Assignment, holderNameQuery } from "./queries";

export type Names = ReadonlyMap<string, string>;

/** Return the names of those who hold the given assignments, as far as they are read. */
export function useHolderNames(assignments: readonly Assignment[]): Names {
  const queries = useMemo(() => {
    const held = assignments.flatMap(({ holders, assignment_id }) =>
      holders.map((userId) => [userId, assignment_id] as const),
    );
    return [...new Map(held)].map(([userId, assignmentId]) => holderNameQuery(userId, assignmentId));
  }, [assignments]);
  return useQueries({ queries, combine: namesOf });
}

/** Return the names of an assignment's holders, and a short id for each name that is not read. */
export function namesOfHolders({ holders }: Assignment, names: Names): string {
  return holders.map((userId) => names.get(userId) ?? shortId(userId)).join(", ");
}

function namesOf(results: readonly UseQueryResult<{ userId: string; name: string }>[]): Names {
  return new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.userId, data.name] as const])));
}
