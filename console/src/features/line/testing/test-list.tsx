import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DateTime } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import { Badge } from "~/components/status-badge";
import { common } from "~/texts/common";
import type { Limits } from "../limits";
import { MeasurementList } from "../measurement-list";
import type { TestedUnit, UnitTest } from "./missing";
import { unitTestsQuery } from "./queries";
import styles from "./testing.module.css";
import { texts } from "./texts";

const NO_LIMITS: Limits = {};

/** The tests of a unit, newest first, each with its verdict. The newest are there at once, all others on demand. */
export function TestList({ unit }: { unit: TestedUnit }) {
  const [wantsAll, setWantsAll] = useState(false);
  const query = useInfiniteQuery({ ...unitTestsQuery(unit.serial), enabled: wantsAll });
  const all = query.data?.pages.flatMap((page) => page.data);
  const tests = all ?? [...unit.tests].reverse();
  const hasOlder = (unit.tests[0]?.number ?? 1) > 1;
  if (tests.length === 0) return <p className={styles.hint}>{texts.none}</p>;
  return (
    <>
      {hasOlder && all === undefined && <p className={styles.hint}>{texts.newest}</p>}
      <ol className={styles.tests} aria-label={texts.title}>
        {tests.map((test) => (
          <TestItem key={test.number} test={test} unit={unit} />
        ))}
      </ol>
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      {hasOlder && !wantsAll && (
        <Button variant="default" onClick={() => setWantsAll(true)}>
          {texts.all}
        </Button>
      )}
      {wantsAll && query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.list.loadMore}
        </Button>
      )}
    </>
  );
}

function TestItem({ test, unit }: { test: UnitTest; unit: TestedUnit }) {
  const { number, step, passed, result, measurements, station, program, recordedAt, recordedBy } = test;
  const limits = unit.steps.find((planned) => planned.step === step)?.limits ?? NO_LIMITS;
  const where = texts.at(station, program);
  const hasValues = Object.keys(measurements).length > 0 || Object.keys(limits).length > 0;
  return (
    <li className={styles.test} aria-label={texts.details(step, number)}>
      <div className={styles.head}>
        <strong className={styles.step}>{step}</strong>
        <Badge tone={passed ? "good" : "bad"}>{passed ? texts.verdicts.passed : texts.verdicts.failed}</Badge>
        {!unit.counts(test) && <Badge tone="neutral">{texts.notCounted}</Badge>}
      </div>
      <p className={styles.hint}>
        <DateTime value={recordedAt} /> · {recordedBy}
        {where !== "" && ` · ${where}`}
      </p>
      {!passed && <p className={styles.hint}>{texts.stationSays(texts.results[result])}</p>}
      {hasValues && <MeasurementList label={texts.measurements} measurements={measurements} limits={limits} />}
    </li>
  );
}
