import { Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { ApiError, fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { useCan } from "~/app/me";
import { useAddress } from "~/components/address";
import { ErrorNote, messageOf } from "~/components/error-note";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { toast } from "~/components/toast";
import { ChecklistItems } from "./checklist-items";
import { create } from "./commands";
import { DuplicateNote, duplicateOf } from "./duplicate-note";
import links from "./links.module.css";
import styles from "./new-order.module.css";
import { LIST, READ_CHECKLISTS } from "./permissions";
import { type Checklist, checklistQuery } from "./queries";
import { PRIORITY_OPTIONS, type Priority } from "./states";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { ref: "", found: "", itemRef: "", priority: "MEDIUM" as Priority, instructions: "" };
const FIELDS = ["checklistRef", "itemRef", "priority", "instructions"] as const;

/** Makes a work order of an item of a checklist. */
export default function NewOrderPage() {
  const navigate = useNavigate();
  const canList = useCan()(LIST);
  const draft = useDraft("repairs.new", EMPTY);
  const { ref, found, itemRef, priority, instructions } = draft.value;
  const [missing, setMissing] = useState(false);
  useNamedChecklist((named) => draft.change({ ref: named, found: named }));
  const checklist = useQuery({ ...checklistQuery(found), enabled: found !== "" });
  const items = checklist.data?.items ?? [];
  const item = items.some((candidate) => candidate.itemRef === itemRef) ? itemRef : "";
  const command = useStepCommand<Schema<"WorkOrderDetail">, Schema<"CreateWorkOrder">>({
    send: create,
    onSuccess: ({ code, id }) => {
      draft.clear();
      toast.success(texts.create.done(code));
      if (canList) void navigate(`/repairs?order=${encodeURIComponent(id)}`);
    },
  });

  function send(allowDuplicate: boolean): void {
    setMissing(item === "");
    if (item === "") return;
    const text = instructions.trim() || null;
    command.mutate({ checklistRef: found, itemRef: item, priority, instructions: text, allowDuplicate });
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    send(false);
  }

  const otherId = command.variables?.itemRef === item ? duplicateOf(command.error) : null;

  return (
    <>
      <PageHeader
        title={texts.create.title}
        description={texts.create.description}
        {...(canList ? { back: { to: "/repairs", label: texts.board.title } } : {})}
      />
      <div className={styles.page}>
        <Panel>
          <Finder
            value={ref}
            loading={checklist.isFetching && checklist.data === undefined}
            error={checklist.error}
            onChange={(next) => draft.change({ ref: next })}
            onFind={(next) => {
              draft.change({ found: next });
              if (next === found) void checklist.refetch();
            }}
          />
        </Panel>
        {checklist.data !== undefined && (
          <Panel>
            <form onSubmit={submit} noValidate>
              <Stack gap="md">
                <Found checklist={checklist.data} />
                <ChecklistItems
                  checklist={checklist.data}
                  value={item}
                  error={missing && item === "" ? texts.create.itemMissing : fieldErrors(command.error).itemRef}
                  onChange={(next) => draft.change({ itemRef: next })}
                />
                <Select
                  label={texts.create.priority}
                  data={PRIORITY_OPTIONS}
                  value={priority}
                  onChange={(next) => next !== null && draft.change({ priority: next as Priority })}
                />
                <Textarea
                  label={texts.create.instructions}
                  description={texts.create.instructionsHint}
                  maxLength={2000}
                  value={instructions}
                  error={fieldErrors(command.error).instructions}
                  onChange={(event) => draft.change({ instructions: event.currentTarget.value })}
                />
                {otherId === null ? (
                  <ErrorNote error={duplicateOf(command.error) === null ? command.error : null} shownFields={FIELDS} />
                ) : (
                  <DuplicateNote orderId={otherId} onAnyway={() => send(true)} />
                )}
                <Group justify="flex-end">
                  <Button type="submit" loading={command.isPending}>
                    {texts.create.submit}
                  </Button>
                </Group>
              </Stack>
            </form>
          </Panel>
        )}
      </div>
    </>
  );
}

/** Take the checklist that a link names, once: another one may be looked for then. */
function useNamedChecklist(take: (ref: string) => void): void {
  const [search, setAddress] = useAddress();
  const named = search.get("checklist");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new name counts
  useEffect(() => {
    if (named === null) return;
    take(named);
    setAddress({ checklist: null }, { replace: true });
  }, [named, setAddress]);
}

interface FinderProps {
  value: string;
  loading: boolean;
  error: unknown;
  onChange: (ref: string) => void;
  onFind: (ref: string) => void;
}

function Finder({ value, loading, error, onChange, onFind }: FinderProps) {
  const [missing, setMissing] = useState(false);
  const canBrowse = useCan()(READ_CHECKLISTS);
  const isAbsent = error instanceof ApiError && error.status === 404;
  function submit(event: FormEvent): void {
    event.preventDefault();
    const ref = value.trim();
    setMissing(ref === "");
    if (ref !== "") onFind(ref);
  }
  return (
    <form onSubmit={submit} noValidate className={styles.finder}>
      <TextInput
        label={texts.create.ref}
        description={texts.create.refHint}
        value={value}
        error={missing && value.trim() === "" ? texts.create.refMissing : isAbsent ? messageOf(error) : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={loading}>
        {texts.create.find}
      </Button>
      {!isAbsent && <ErrorNote error={error} />}
      {canBrowse && (
        <Link to="/repairs/checklists" className={`${links.link} ${styles.browse}`}>
          {texts.create.allChecklists}
        </Link>
      )}
    </form>
  );
}

function Found({ checklist }: { checklist: Checklist }) {
  return (
    <div>
      <Text fw={600}>{checklist.name}</Text>
      <Text size="sm" c="dimmed">
        {checklist.ride} · {checklist.gameZone} · {texts.create.statuses[checklist.status]} ·{" "}
        {texts.create.open(checklist.openCount)}
      </Text>
    </div>
  );
}
