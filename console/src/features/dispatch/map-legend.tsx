import type { CSSProperties } from "react";
import { MAP_COLORS } from "~/components/map/colors";
import type { Tone } from "~/components/status-badge";
import { COURIER_STATE_NAMES, COURIER_STATES, type CourierState } from "./couriers";
import styles from "./map-page.module.css";
import { texts } from "./texts";

interface MapLegendProps {
  counts: Readonly<Record<CourierState, number>>;
  state: string;
  onState: (state: string) => void;
}

/** What the colours mean, how many couriers are in each state, and a press to see only those. */
export function MapLegend({ counts, state, onState }: MapLegendProps) {
  return (
    <div className={styles.legend} role="group" aria-label={texts.map.legend}>
      {COURIER_STATE_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          className={styles.key}
          aria-pressed={state === name}
          onClick={() => onState(state === name ? "" : name)}
        >
          <Mark tone={COURIER_STATES[name].tone} shape="disc" />
          {COURIER_STATES[name].label}
          <span className={`numbers ${styles.keyCount}`}>{counts[name].toLocaleString("en")}</span>
        </button>
      ))}
      <span className={styles.places}>
        <span className={styles.plainKey}>
          <Mark tone="info" shape="ring" />
          {texts.detail.pickup}
        </span>
        <span className={styles.plainKey}>
          <Mark tone="neutral" shape="ring" />
          {texts.detail.dropoff}
        </span>
      </span>
    </div>
  );
}

/** The colours of the map, which are the same in light and dark. */
function Mark({ tone, shape }: { tone: Tone; shape: "disc" | "ring" }) {
  return (
    <span
      className={styles.mark}
      data-shape={shape}
      style={{ "--map-tone": MAP_COLORS[tone] } as CSSProperties}
      aria-hidden="true"
    />
  );
}
