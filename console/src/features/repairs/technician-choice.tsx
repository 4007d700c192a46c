import { Skeleton, Text } from "@mantine/core";
import { PersonChoice } from "~/components/person-choice";
import type { Technician } from "./queries";
import styles from "./technicians.module.css";
import { texts } from "./texts";

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
  if (technicians === undefined) return <Skeleton height={160} radius="md" />;
  if (technicians.length === 0) return <Text c="dimmed">{texts.technicians.empty}</Text>;
  return (
    <>
      <PersonChoice
        label={texts.technicians.title}
        searchLabel={texts.technicians.search}
        choices={technicians.map(({ id, name, skills, openOrders }) => ({
          id,
          name,
          words: skills.join(" "),
          more: <Skills skills={skills} />,
          aside: id === holder ? texts.technicians.has : texts.technicians.open(openOrders),
          disabled: id === holder,
        }))}
        value={value}
        error={error}
        onChange={onChange}
      />
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
