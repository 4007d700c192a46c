import { Radio, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, type Ref, useState } from "react";
import styles from "./person-choice.module.css";

/** With more people than this, the list can be searched. */
const MANY = 8;

export interface Choice {
  id: string;
  name: string;
  /** What else a search finds. */
  words?: string;
  /** Below the name. */
  more?: ReactNode;
  /** At the end of the row, such as a distance. */
  aside: ReactNode;
  disabled?: boolean;
}

interface PersonChoiceProps {
  label: string;
  searchLabel: string;
  choices: readonly Choice[];
  /** How many are shown; who looks for another one types a part of the name. By default all. */
  most?: number;
  value: string;
  error: string | null;
  onChange: (id: string) => void;
  ref?: Ref<HTMLDivElement>;
}

/** One of some people, with what tells for or against each. */
export function PersonChoice({ label, searchLabel, choices, most, value, error, onChange, ref }: PersonChoiceProps) {
  const [search, setSearch] = useState("");
  const shown = choices.filter((choice) => matches(choice, search)).slice(0, most);
  return (
    <>
      {choices.length > MANY && (
        <TextInput
          label={searchLabel}
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Radio.Group value={value} onChange={onChange} error={error} aria-label={label}>
        <div className={styles.choices} ref={ref}>
          {shown.map(({ id, name, more, aside, disabled = false }) => (
            <Radio.Card key={id} value={id} disabled={disabled} className={styles.choice ?? ""} radius="md">
              <Radio.Indicator disabled={disabled} />
              <span className={styles.who}>
                <span className={styles.name}>{name}</span>
                {more}
              </span>
              <span className={styles.aside}>{aside}</span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </>
  );
}

function matches({ name, words = "" }: Choice, search: string): boolean {
  const text = `${name} ${words}`.toLowerCase();
  const wanted = search.trim().toLowerCase().split(/\s+/);
  return wanted.every((word) => text.includes(word));
}
