import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import styles from "./code-search.module.css";

interface CodeSearchProps {
  label: string;
  action: string;
  value: string;
  onSearch: (value: string) => void;
}

/** Takes a serial number or a lot, typed or from a scanner, which sends Enter. `/` moves the focus here. */
export function CodeSearch({ label, action, value, onSearch }: CodeSearchProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (typed.trim() !== "") onSearch(typed.trim());
  }
  return (
    <form role="search" className={styles.search} onSubmit={submit}>
      <TextInput
        className={styles.input}
        label={label}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={128}
        data-filter-search
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit">{action}</Button>
    </form>
  );
}
