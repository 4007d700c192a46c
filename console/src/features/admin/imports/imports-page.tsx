import { Button, Select, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useCan } from "~/app/me";
import { ErrorNote } from "~/components/error-note";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { descriptionQuery } from "../description";
import { Checked } from "./checked";
import { csvOf } from "./csv";
import { startImport, useCurrentImport } from "./current";
import { type Dataset, datasetsOf } from "./dataset";
import { download } from "./download";
import { DropZone } from "./drop-zone";
import styles from "./imports.module.css";
import { ImportProgress } from "./progress";
import { type Checked as Result, readFile } from "./reader";
import { imports as texts } from "./texts";

/** Imports records of a file: chosen, checked, sent. */
export default function ImportsPage() {
  const { data: description, error, refetch } = useQuery(descriptionQuery);
  const can = useCan();
  const current = useCurrentImport();
  const datasets = useMemo(
    () => (description === undefined ? [] : datasetsOf(description).filter(({ permission }) => can(permission))),
    [description, can],
  );
  const [name, setName] = useAddressValue("dataset");
  const dataset = datasets.find((one) => one.name === name) ?? datasets[0];
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {description === undefined && error === null && <Skeleton height={320} radius="md" />}
      {description !== undefined && dataset === undefined && (
        <StateMessage kind="forbidden" title={texts.noneAllowed} />
      )}
      {current !== null && <ImportProgress current={current} />}
      {current === null && dataset !== undefined && (
        <div className={styles.page}>
          <Select
            className={styles.dataset}
            label={texts.dataset}
            data={datasets.map((one) => ({ value: one.name, label: one.title }))}
            value={dataset.name}
            onChange={setName}
          />
          <FileStep key={dataset.name} dataset={dataset} />
        </div>
      )}
    </>
  );
}

interface ReadFileState {
  fileName: string;
  share: number;
  result: Result | null;
  error: unknown;
}

function FileStep({ dataset }: { dataset: Dataset }) {
  const [state, setState] = useState<ReadFileState | null>(null);
  async function take(file: File): Promise<void> {
    const base = { fileName: file.name, share: 0, result: null, error: null };
    setState(base);
    try {
      const result = await readFile(file, dataset, (share) => setState({ ...base, share }));
      setState({ ...base, share: 100, result });
    } catch (error) {
      setState({ ...base, error });
    }
  }
  const result = state?.result;
  if (state && result) {
    return (
      <Checked
        dataset={dataset}
        fileName={state.fileName}
        result={result}
        onStart={() => startImport(dataset, state.fileName, result)}
        onDiscard={() => setState(null)}
      />
    );
  }
  const reading = state !== null && state.error === null;
  return (
    <>
      <DropZone status={reading ? texts.drop.reading(state.share) : null} onFile={(file) => void take(file)} />
      <ErrorNote error={state?.error} />
      <Columns dataset={dataset} />
    </>
  );
}

function Columns({ dataset }: { dataset: Dataset }) {
  return (
    <Panel
      title={texts.columns.title}
      actions={
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={15} />}
          onClick={() => download(`${dataset.name}.csv`, templateOf(dataset))}
        >
          {texts.columns.template}
        </Button>
      }
    >
      <p className={styles.note}>{texts.columns.lists}</p>
      <dl className={styles.columns}>
        {dataset.columns.map(({ name, required, meaning }) => (
          <div key={name}>
            <dt>
              <span className="code">{name}</span>
              {required && <span className={styles.required}>{texts.columns.required}</span>}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Return a CSV with all columns and one record, without what must not be copied from an example. */
function templateOf({ columns, example }: Dataset): string {
  const cells = columns.map(({ name }) => cellOf(name === "password" ? undefined : example[name]));
  return csvOf([columns.map(({ name }) => name), cells]);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("|");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
