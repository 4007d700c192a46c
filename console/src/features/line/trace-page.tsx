import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { ApiError } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { toast } from "~/components/toast";
import { CodeSearch } from "./code-search";
import { saveFile } from "./download";
import { readHistory } from "./epcis";
import styles from "./page.module.css";
import { traceQuery } from "./queries";
import { Tabs, TRACE_TABS } from "./tabs";
import { texts } from "./texts";
import { TracePicture } from "./trace-picture";
import { treeOf } from "./trace-tree";

const words = texts.tracing;

/** Traces a serial number: what contains it and what it contains. */
export default function TracePage() {
  const [serial, setSerial] = useAddressValue("serial");
  return (
    <>
      <PageHeader
        title={words.title}
        description={words.description}
        actions={serial === null ? undefined : <ExportButton key={serial} serial={serial} />}
      />
      <Tabs tabs={TRACE_TABS} />
      <CodeSearch label={words.serial} action={words.submit} value={serial ?? ""} onSearch={setSerial} />
      {serial === null ? (
        <Panel>
          <StateMessage kind="empty" title={words.start} text={words.startHint} />
        </Panel>
      ) : (
        <Result key={serial} serial={serial} />
      )}
    </>
  );
}

function Result({ serial }: { serial: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(traceQuery(serial));
  const root = useMemo(() => {
    const [first, ...rest] = data?.pages.map((page) => page.data) ?? [];
    return first === undefined ? null : treeOf([first, ...rest]);
  }, [data]);
  if (error instanceof ApiError && error.status === 404)
    return <StateMessage kind="missing" title={words.unknown} text={words.unknownHint} />;
  const loaded = data?.pages.reduce((sum, page) => sum + page.data.descendants.length, 0) ?? 0;
  return (
    <Panel>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {root === null && error === null && <StateMessage kind="empty" title={texts.loading} />}
      {root !== null && (
        <>
          {root.status === "REMOVED" && <p className={styles.note}>{words.removed}</p>}
          <TracePicture root={root} serial={serial} />
          <div className={styles.foot}>
            <span className={styles.note}>{hasNextPage ? words.loaded(loaded) : words.keys}</span>
            {hasNextPage && (
              <Button
                variant="default"
                size="compact-sm"
                loading={isFetchingNextPage}
                onClick={() => void fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </div>
        </>
      )}
    </Panel>
  );
}

/** Saves the history as an EPCIS document. */
function ExportButton({ serial }: { serial: string }) {
  const save = useMutation({
    mutationFn: () => readHistory(serial),
    onSuccess: ({ text, events }) => {
      saveFile(`${serial}.epcis.json`, "application/ld+json", text);
      toast.success(words.exported(events));
    },
    onError: (error) => toast.error(error),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      {words.export}
    </Button>
  );
}
