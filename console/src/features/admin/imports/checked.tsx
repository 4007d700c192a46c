import { Button } from "@mantine/core";
import { Panel } from "~/components/panel";
import { Badge } from "~/components/status-badge";
import type { Dataset } from "./dataset";
import styles from "./imports.module.css";
import type { FileRecord, Checked as Result } from "./reader";
import { RowErrors } from "./row-errors";
import { imports as texts } from "./texts";

interface CheckedProps {
  dataset: Dataset;
  fileName: string;
  result: Result;
  onStart: () => void;
  onDiscard: () => void;
}

const PREVIEW = 5;

/** What a file holds, before anything is sent. */
export function Checked({ dataset, fileName, result, onStart, onDiscard }: CheckedProps) {
  const { records, errors } = result;
  const wrong = new Set(errors.map(({ line }) => line)).size;
  return (
    <Panel title={texts.checked.title(fileName)}>
      <div className={styles.progress}>
        <p className={styles.badges}>
          <Badge tone="good">{texts.checked.valid(records.length)}</Badge>
          {wrong > 0 && <Badge tone="bad">{texts.checked.invalid(wrong)}</Badge>}
        </p>
        {wrong > 0 && <p className={styles.note}>{texts.checked.skipped}</p>}
        {records.length > 0 && <Preview dataset={dataset} records={records.slice(0, PREVIEW)} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onDiscard}>
            {texts.drop.another}
          </Button>
          <Button onClick={onStart} disabled={records.length === 0}>
            {texts.checked.start(records.length)}
          </Button>
        </div>
        <RowErrors errors={errors} fileName={fileName} />
      </div>
    </Panel>
  );
}

const SECRET = "password";

function Preview({ dataset, records }: { dataset: Dataset; records: readonly FileRecord[] }) {
  const used = dataset.columns.filter(({ name }) => records.some(({ value }) => name in value));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls the table
    <div className={styles.preview} tabIndex={0} role="region" aria-label={texts.checked.preview}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{texts.checked.line}</th>
            {used.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map(({ line, value }) => (
            <tr key={line}>
              <td className="numbers">{line}</td>
              {used.map(({ name }) => (
                <td key={name}>{name === SECRET ? "••••••" : shown(value[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "–";
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  const text = isList ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
