import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { ErrorNote } from "~/components/error-note";
import { PlainTable } from "~/components/plain-table";
import { ProgressBar } from "~/components/progress-bar";
import { Badge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { SHORT } from "./permissions";
import styles from "./picking.module.css";
import { type AssignmentDetail, type AssignmentLine, keys, linesQuery, shortLine } from "./queries";
import { texts } from "./texts";

/** The lines of an assignment with what is picked of each; one that cannot be picked whole is closed short here. */
export function LineTable({ assignment: { assignment_id: id, status } }: { assignment: AssignmentDetail }) {
  const { data: lines, error, refetch } = useQuery(linesQuery(id));
  const [asked, setAsked] = useState<AssignmentLine | null>(null);
  const mayShort = useCan()(SHORT) && (status === "active" || status === "queued");
  if (lines === undefined) {
    return error === null ? (
      <Skeleton height={80} radius="md" />
    ) : (
      <ErrorNote error={error} onRetry={() => void refetch()} />
    );
  }
  const { lines: words } = texts;
  return (
    <>
      <PlainTable label={words.title} headers={[words.product, words.picked]} last="11rem">
        {lines.map((line) => (
          <Row key={line.line_number} line={line} onShort={mayShort && isOpen(line) ? setAsked : null} />
        ))}
      </PlainTable>
      {asked !== null && <ShortLine assignmentId={id} line={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Whether something of a line is still to be picked. */
function isOpen({ short, picked, quantity }: AssignmentLine): boolean {
  return short === undefined && picked < quantity;
}

interface RowProps {
  line: AssignmentLine;
  /** Asks whether to close it short; null if that is not possible. */
  onShort: ((line: AssignmentLine) => void) | null;
}

function Row({ line, onShort }: RowProps) {
  const { sku, location, pallet, picked, quantity, uom, short } = line;
  const { lines: words } = texts;
  return (
    <tr>
      <td>
        <span className={styles.sku}>{sku}</span>
        <span className={styles.place}>{words.place(location, pallet)}</span>
        {short !== undefined && <span className={styles.place}>{words.closed(short.reason, short.user_name)}</span>}
      </td>
      <td>
        <ProgressBar done={picked} total={quantity} {...(uom === undefined ? {} : { unit: uom })} />
        {short !== undefined && <Badge tone="warning">{words.short(short.missing, uom)}</Badge>}
        {onShort !== null && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={words.actionOf(sku, location)}
            onClick={() => onShort(line)}
          >
            {words.action}
          </Button>
        )}
      </td>
    </tr>
  );
}

interface ShortLineProps {
  assignmentId: string;
  line: AssignmentLine;
  onClose: () => void;
}

/** Asks why a line is closed short. A refused request keeps the reason that was typed. */
function ShortLine({ assignmentId, line, onClose }: ShortLineProps) {
  const { line_number: number, sku, location, quantity, picked } = line;
  const { done, ...words } = texts.lines.confirm;
  const command = useCommand({
    send: (reason: string, header) => shortLine({ assignmentId, number, reason }, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(done),
  });
  return (
    <ConfirmWithReason
      {...words}
      text={texts.lines.text(sku, location, quantity - picked)}
      opened
      onClose={onClose}
      draft={`picking.short:${assignmentId}:${number}`}
      pending={command.isPending}
      error={command.error}
      onConfirm={async (reason) => {
        await command.mutateAsync(reason);
        onClose();
      }}
    />
  );
}
