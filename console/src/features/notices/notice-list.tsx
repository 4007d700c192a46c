import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { TimeAgo } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import { StateMessage } from "~/components/state-message";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import styles from "./bell.module.css";
import { keys, markAllRead, markRead, type Notice, noticesQuery } from "./queries";
import { pathOf } from "./subjects";
import { texts } from "./texts";

interface NoticeListProps {
  unread: number;
  onClose: () => void;
}

/** The newest notifications. Opening one marks it as read and shows what it is about. */
export function NoticeList({ unread, onClose }: NoticeListProps) {
  const query = useInfiniteQuery(noticesQuery);
  const readAll = useCommand<unknown>({ send: (_, key) => markAllRead(key), invalidates: [keys.all] });
  const notices = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2 className={styles.title}>{texts.title}</h2>
        {unread > 0 && (
          <Button variant="subtle" size="compact-sm" loading={readAll.isPending} onClick={() => readAll.mutate()}>
            {texts.readAll}
          </Button>
        )}
      </div>
      <ErrorNote error={readAll.error ?? query.error} onRetry={() => void query.refetch()} />
      {query.isPending && <Skeleton height={96} radius="md" />}
      {query.isSuccess && notices.length === 0 && (
        <StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />
      )}
      <ul className={styles.list}>
        {notices.map((notice) => (
          <li key={notice.id}>
            <NoticeItem notice={notice} onClose={onClose} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="subtle"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {common.list.loadMore}
        </Button>
      )}
    </div>
  );
}

function NoticeItem({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const navigate = useNavigate();
  const path = pathOf(notice, useCan());
  const read = useCommand<unknown, string>({ send: markRead, invalidates: [keys.all] });

  function open(): void {
    if (!notice.read) read.mutate(notice.id, { onError: toast.error });
    if (path === null) return;
    void navigate(path);
    onClose();
  }

  return (
    <button type="button" className={`${styles.notice} ${notice.read ? "" : styles.unread}`} onClick={open}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.what}>
        <span className={styles.subject}>
          {!notice.read && <span className="visually-hidden">{texts.unread}: </span>}
          {notice.title}
        </span>
        <span className={styles.body}>{notice.body}</span>
        <span className={styles.at}>
          <TimeAgo value={notice.at} />
        </span>
      </span>
    </button>
  );
}
