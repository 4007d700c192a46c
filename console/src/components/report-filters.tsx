import { Select } from "@mantine/core";
import { common } from "~/texts/common";
import { DateFilter, FilterBar, type Filters } from "./filters";

export const REPORT_FILTERS = ["by", "from", "to"] as const;

interface ReportFiltersProps<By extends string> {
  filters: Filters<(typeof REPORT_FILTERS)[number]>;
  /** What rows can be about, with what it is called; the first is chosen where nothing is. */
  groupings: Readonly<Record<By, string>>;
  by: By;
  /** The report that is shown: its days stand where none are chosen. */
  report: { from: string; to: string } | undefined;
  /** Why the API refuses a day, by the name of the field. */
  refused: Readonly<Record<string, string>>;
}

/** What the rows of a report are about, and its first and last day. */
export function ReportFilters<By extends string>(props: ReportFiltersProps<By>) {
  const { filters, groupings, by, report, refused } = props;
  const options = Object.entries<string>(groupings).map(([value, name]) => ({ value, label: name }));
  const usual = options[0]?.value;
  return (
    <FilterBar active={filters.active} onClear={filters.clear}>
      <Select
        label={common.filters.by}
        data={options}
        value={by}
        allowDeselect={false}
        onChange={(chosen) => filters.set("by", chosen === usual ? "" : (chosen ?? ""))}
      />
      {(["from", "to"] as const).map((name) => (
        <DateFilter
          key={name}
          label={common.filters[name]}
          value={filters.values[name] || (report?.[name] ?? "")}
          error={refused[name]}
          onChange={(day) => filters.set(name, day)}
        />
      ))}
    </FilterBar>
  );
}

/** Return what rows are about: the value of the address if it is one, else the first grouping. */
export function groupingOf<By extends string>(value: string, groupings: Readonly<Record<By, string>>): By {
  const known = Object.keys(groupings) as By[];
  return known.find((one) => one === value) ?? (known[0] as By);
}
