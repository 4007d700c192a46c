import { Button, Select, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { common } from "~/texts/common";
import { useAddress } from "./address";
import styles from "./filters.module.css";
import { fromLocalInput, toLocalInput } from "./time";

export interface Filters<Name extends string> {
  /** The values by name; empty where nothing is chosen. */
  values: Readonly<Record<Name, string>>;
  set: (name: Name, value: string) => void;
  clear: () => void;
  /** Whether anything is chosen. */
  active: boolean;
}

/**
 * Return the filters of a page, which stand in its address: a link or a reload shows the same rows. Give the names as a
 * constant of the module. Names beside them, such as the open row, stay.
 */
export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> {
  const [search, setAddress] = useAddress();
  const values = useMemo(
    () => Object.fromEntries(names.map((name) => [name, search.get(name) ?? ""])) as Record<Name, string>,
    [names, search],
  );
  const set = useCallback(
    (name: Name, value: string) => setAddress({ [name]: value }, { replace: true }),
    [setAddress],
  );
  const clear = useCallback(
    () => setAddress(Object.fromEntries(names.map((name) => [name, null])), { replace: true }),
    [names, setAddress],
  );
  return { values, set, clear, active: Object.values(values).some((value) => value !== "") };
}

/** Return a value of the address that is not a filter, such as the id of the open row, and a function that sets it. */
export function useAddressValue(name: string): readonly [string | null, (value: string | null) => void] {
  const [search, setAddress] = useAddress();
  const set = useCallback((value: string | null) => setAddress({ [name]: value }), [name, setAddress]);
  return [search.get(name), set];
}

interface FilterBarProps {
  active: boolean;
  onClear: () => void;
  children: ReactNode;
}

/** Holds the inputs of a page's filters. */
export function FilterBar({ active, onClear, children }: FilterBarProps) {
  return (
    <div role="search" className={styles.bar} aria-label={common.filters.label}>
      {children}
      {active && (
        <Button
          className={styles.clear}
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} />}
          onClick={onClear}
        >
          {common.list.clearFilters}
        </Button>
      )}
    </div>
  );
}

interface FilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

const PAUSE_MS = 300;

/** A text by which rows are found. It takes effect shortly after the last key; `/` moves the focus here. */
export function SearchFilter({ label, value, onChange }: FilterProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // A space at the end stays while more is typed.
  useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  function change(next: string): void {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), PAUSE_MS);
  }
  return (
    <TextInput
      label={label}
      type="search"
      data-filter-search
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

interface SelectFilterProps extends FilterProps {
  options: readonly { value: string; label: string }[];
  /** What no choice is called; "All" by default. */
  allLabel?: string;
}

/** One of several values, or all. */
export function SelectFilter({ label, value, onChange, options, allLabel = common.filters.all }: SelectFilterProps) {
  return (
    <Select
      label={label}
      data={[{ value: "", label: allLabel }, ...options]}
      value={value}
      searchable={options.length > 8}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}

/** A moment, typed in the time of the device and given to the API in UTC. */
export function TimeFilter({ label, value, onChange }: FilterProps) {
  return (
    <TextInput
      label={label}
      type="datetime-local"
      value={toLocalInput(value)}
      onChange={(event) => onChange(fromLocalInput(event.currentTarget.value))}
    />
  );
}

interface DateFilterProps extends FilterProps {
  /** Why the API refuses the day. */
  error?: string | undefined;
}

/** A day, as `2026-03-14`. */
export function DateFilter({ label, value, onChange, error }: DateFilterProps) {
  return (
    <TextInput
      label={label}
      type="date"
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
