import { Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DateTime } from "~/components/date-time";
import { DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { useReach } from "../permissions";
import type { WorkOrderDetail } from "../queries";
import { CommentForm } from "./comment-form";
import styles from "./comments.module.css";
import { COMMENT, type Comment, commentsQuery } from "./queries";
import { texts } from "./texts";

/** The comments on a work order, oldest first, and the form of a new one. */
export function Comments({ order }: { order: WorkOrderDetail }) {
  const mayComment = useReach()(COMMENT, order);
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery({ ...commentsQuery(order.id), enabled: all });
  const read = query.data?.pages.flatMap((page) => page.comments).reverse();
  const comments = read ?? order.comments;
  const hasMore = read === undefined ? order.commentCount > comments.length : query.hasNextPage;

  function readMore(): void {
    if (all) void query.fetchNextPage();
    else setAll(true);
  }

  return (
    <DrawerSection title={texts.title(order.commentCount)}>
      {hasMore && (
        <Button variant="default" size="compact-sm" mb="sm" loading={query.isFetching && all} onClick={readMore}>
          {texts.earlier}
        </Button>
      )}
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      {comments.length === 0 ? (
        <Text size="sm" c="dimmed" mb="sm">
          {texts.none}
        </Text>
      ) : (
        <ul className={styles.comments} aria-label={texts.list}>
          {comments.map((comment) => (
            <CommentEntry key={comment.id} comment={comment} />
          ))}
        </ul>
      )}
      {mayComment && <CommentForm orderId={order.id} />}
    </DrawerSection>
  );
}

function CommentEntry({ comment: { author, at, text, mentions } }: { comment: Comment }) {
  return (
    <li className={styles.comment}>
      <div className={styles.head}>
        <span className={styles.author}>{author}</span>
        <span className={styles.aside}>
          <DateTime value={at} />
        </span>
      </div>
      <p className={styles.text}>{text}</p>
      {mentions.length > 0 && (
        <p className={styles.aside}>{texts.mentioned(mentions.map(({ name }) => name).join(", "))}</p>
      )}
    </li>
  );
}
