import { ActionIcon, Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { common } from "~/texts/common";
import styles from "./data-grid.module.css";

/** How a list goes on: by a cursor, or by numbered pages. */
export type Paging =
  | { kind: "cursor"; hasMore: boolean; loading: boolean; onMore: () => void }
  | { kind: "pages"; page: number; pageSize: number; total: number; onPage: (page: number) => void };

/** Says how many rows there are, and leads to more. */
export function GridFoot({ shown, paging }: { shown: number; paging: Paging | undefined }) {
  if (shown === 0 && paging?.kind !== "pages") return null;
  return (
    <div className={styles.foot}>
      {paging?.kind === "pages" ? (
        <Pages {...paging} />
      ) : (
        <>
          <span className="numbers">{common.list.shown(shown, paging?.hasMore ?? false)}</span>
          {paging?.hasMore && (
            <Button variant="subtle" size="compact-sm" loading={paging.loading} onClick={paging.onMore}>
              {common.list.loadMore}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function Pages({ page, pageSize, total, onPage }: Extract<Paging, { kind: "pages" }>) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  return (
    <>
      <span className="numbers">{common.list.shown(total, false)}</span>
      <span className={styles.pages}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={common.list.previous}
          disabled={page <= 1}
          onClick={() => onPage(page - 1)}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <span className="numbers">{common.list.page(page, pages)}</span>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={common.list.next}
          disabled={page >= pages}
          onClick={() => onPage(page + 1)}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
      </span>
    </>
  );
}
