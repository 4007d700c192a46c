import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useCan } from "~/app/me";
import { useAddress } from "~/components/address";
import { shortId } from "~/components/copyable";
import type { Paging } from "~/components/data-grid-foot";
import { SelectFilter } from "~/components/filters";
import { MAY } from "./feature";
import { type Batch, batchChoicesQuery, type LineFilter, PAGE_SIZE, skuChoicesQuery } from "./queries";
import { texts } from "./texts";

export interface ListAddress {
  filter: Required<LineFilter>;
  page: number;
  active: boolean;
  set: (name: keyof LineFilter, value: string) => void;
  clear: () => void;
  turn: (page: number) => void;
}

const NAMES = ["status", "skuId", "batchId", "q"] as const;

/** Return the filters and the page of a list, which stand in its address. Another filter begins at page 1 again. */
export function useListAddress(): ListAddress {
  const [search, setAddress] = useAddress();
  const filter = useMemo(
    () => Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? ""])) as Required<LineFilter>,
    [search],
  );
  const page = Math.max(1, Math.trunc(Number(search.get("page") ?? 1)) || 1);
  const change = useCallback(
    (values: Readonly<Record<string, string>>) => setAddress(values, { replace: true }),
    [setAddress],
  );
  return {
    filter,
    page,
    active: NAMES.some((name) => filter[name] !== ""),
    set: (name, value) => change({ [name]: value, page: "" }),
    clear: () => change({ status: "", skuId: "", batchId: "", q: "", page: "" }),
    turn: (next) => change({ page: next === 1 ? "" : String(next) }),
  };
}

/** Return how a list goes on, once it was read. */
export function pagingOf<Page extends { meta: { totalCount: number } }>(
  query: UseQueryResult<Page, Error>,
  { page, turn }: ListAddress,
): Paging | undefined {
  const total = query.data?.meta.totalCount;
  return total === undefined ? undefined : { kind: "pages", page, pageSize: PAGE_SIZE, total, onPage: turn };
}

/** Chooses a SKU, for those who may read them. */
export function SkuFilter({ address }: { address: ListAddress }) {
  const allowed = useCan()(MAY.readSkus);
  const { data } = useQuery({ ...skuChoicesQuery, enabled: allowed });
  const options = data?.data.map(({ id, name, skuCode }) => ({ value: id, label: skuCode ?? name })) ?? [];
  if (!allowed) return null;
  return <Choice label={texts.filters.sku} name="skuId" options={options} address={address} />;
}

/** Chooses a batch, for those who may read them. */
export function BatchFilter({ address }: { address: ListAddress }) {
  const allowed = useCan()(MAY.readBatches);
  const { data } = useQuery({ ...batchChoicesQuery, enabled: allowed });
  const options = data?.data.map((batch) => ({ value: batch.id, label: batchName(batch) })) ?? [];
  if (!allowed) return null;
  return <Choice label={texts.filters.batch} name="batchId" options={options} address={address} />;
}

interface ChoiceProps {
  label: string;
  name: "skuId" | "batchId";
  options: readonly { value: string; label: string }[];
  address: ListAddress;
}

/** A value of the address that is not among the newest hundred is shown by its id. */
function Choice({ label, name, options, address }: ChoiceProps) {
  const value = address.filter[name];
  const known = value === "" || options.some((option) => option.value === value);
  const all = known ? options : [{ value, label: shortId(value) }, ...options];
  return <SelectFilter label={label} options={all} value={value} onChange={(next) => address.set(name, next)} />;
}

/** Return what a batch is called: its notes, or the end of its id. */
export function batchName({ id, notes }: Pick<Batch, "id" | "notes">): string {
  return notes === undefined || notes === "" ? shortId(id) : `${notes.slice(0, 60)} (${shortId(id)})`;
}
