import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "~/components/error-note";
import styles from "./board.module.css";
import { type Zone, zonesQuery } from "./queries";
import { texts } from "./texts";

interface ZoneStripProps {
  /** The chosen zone; empty for all. */
  value: string;
  onChange: (zone: string) => void;
}

/** The zones with what waits and what is picked in each; one of them is chosen. */
export function ZoneStrip({ value, onChange }: ZoneStripProps) {
  const { data: zones = [], error, refetch } = useQuery(zonesQuery);
  const { all, without, list } = texts.zones;
  const shown = zones.filter(({ zone, queued, active }) => queued + active > 0 || zone === value);
  const sum = (of: (zone: Zone) => number): number => zones.reduce((total, zone) => total + of(zone), 0);
  return (
    <>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      <fieldset className={styles.zones}>
        <legend className="visually-hidden">{list}</legend>
        <ZoneButton
          name={all}
          queued={sum(({ queued }) => queued)}
          active={sum(({ active }) => active)}
          chosen={value === ""}
          onChoose={() => onChange("")}
        />
        {shown
          .filter(({ zone }) => zone !== "")
          .map(({ zone, queued, active }) => (
            <ZoneButton
              key={zone}
              name={zone}
              queued={queued}
              active={active}
              chosen={zone === value}
              onChoose={() => onChange(zone === value ? "" : zone)}
            />
          ))}
        {shown
          .filter(({ zone, queued, active }) => zone === "" && queued + active > 0)
          .map(({ queued, active }) => (
            <ZoneButton key="" name={without} queued={queued} active={active} chosen={false} />
          ))}
      </fieldset>
    </>
  );
}

interface ZoneButtonProps {
  name: string;
  queued: number;
  active: number;
  chosen: boolean;
  /** Chooses it; assignments without a zone cannot be chosen. */
  onChoose?: () => void;
}

function ZoneButton({ name, queued, active, chosen, onChoose }: ZoneButtonProps) {
  return (
    <button
      type="button"
      className={styles.zone}
      aria-pressed={chosen}
      disabled={onChoose === undefined}
      onClick={onChoose}
    >
      <span className={styles.zoneName} title={name}>
        {name}
      </span>
      <span className={styles.counts}>
        <span>
          <span className={`${styles.count} numbers`}>{queued.toLocaleString("en")}</span> {texts.zones.queued}
        </span>
        <span>
          <span className={`${styles.count} numbers`}>{active.toLocaleString("en")}</span> {texts.zones.active}
        </span>
      </span>
    </button>
  );
}
