import { Radio, Skeleton, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Technician } from "./queries";
import styles from "./technicians.module.css";
import { texts } from "./texts";

const MANY = 8;

interface TechnicianChoiceProps {
  technicians: readonly Technician[] | undefined;
  hasMore: boolean;
  /** Who has the order now and cannot be given it again. */
  holder: string | null;
  value: string;
  error: string | null;
  onChange: (technicianId: string) => void;
}

/** One of the technicians of a zone, with what each can do and has to do. */
export function TechnicianChoice({ technicians, hasMore, holder, value, error, onChange }: TechnicianChoiceProps) {
  const [search, setSearch] = useState("");
  if (technicians === undefined) return <Skeleton height={160} radius="md" />;
  if (technicians.length === 0) return <Text c="dimmed">{texts.technicians.empty}</Text>;
  const shown = technicians.filter((technician) => matches(technician, search));
  return (
    <>
      {technicians.length > MANY && (
        <TextInput
          label={texts.technicians.search}
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Radio.Group value={value} onChange={onChange} error={error} aria-label={texts.technicians.title}>
        <div className={styles.choices}>
          {shown.map((technician) => (
            <Radio.Card
              key={technician.id}
              value={technician.id}
              disabled={technician.id === holder}
              className={styles.choice}
              radius="md"
            >
              <Radio.Indicator disabled={technician.id === holder} />
              <span className={styles.who}>
                <span className={styles.name}>{technician.name}</span>
                <Skills skills={technician.skills} />
              </span>
              <span className={styles.load}>
                {technician.id === holder ? texts.technicians.has : texts.technicians.open(technician.openOrders)}
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {hasMore && (
        <Text size="sm" c="dimmed">
          {texts.technicians.more}
        </Text>
      )}
    </>
  );
}

export function Skills({ skills }: { skills: readonly string[] }) {
  return <span className={styles.skills}>{skills.length === 0 ? texts.technicians.noSkills : skills.join(" · ")}</span>;
}

function matches({ name, skills }: Technician, search: string): boolean {
  const words = search.trim().toLowerCase().split(/\s+/);
  const text = [name, ...skills].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
