import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Person, personQuery } from "../queries";
import { peopleQuery } from "./queries";
import { people as texts } from "./texts";

interface PersonSelectProps {
  label: string;
  /** The id of a person, or empty. */
  value: string;
  error?: string | undefined;
  onChange: (id: string) => void;
}

/** Chooses a person of the organisation; the server searches. */
export function PersonSelect({ label, value, error, onChange }: PersonSelectProps) {
  const [search, setSearch] = useState("");
  const chosen = useQuery({ ...personQuery(value), enabled: value !== "", refetchInterval: false }).data;
  const [wanted] = useDebouncedValue(search, 250);
  const q = chosen !== undefined && wanted === nameOf(chosen) ? "" : wanted;
  const found = useQuery({ ...peopleQuery({ q, role: "", status: "", page: 1 }), refetchInterval: false }).data?.data;
  const options = new Map((found ?? []).map((person) => [person.id, nameOf(person)]));
  if (value !== "") options.set(value, chosen === undefined ? value : nameOf(chosen));
  return (
    <Select
      label={label}
      placeholder={texts.hints.reportsTo}
      searchable
      clearable
      error={error}
      data={[...options].map(([id, name]) => ({ value: id, label: name }))}
      filter={({ options: all }) => all}
      searchValue={search}
      onSearchChange={setSearch}
      value={value || null}
      onChange={(id) => onChange(id ?? "")}
    />
  );
}

function nameOf({ fullName, username }: Person): string {
  return `${fullName} (${username})`;
}
