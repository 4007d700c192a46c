import { ActionIcon, Popover } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import styles from "./bell.module.css";
import { useNoticeSocket } from "./live";
import { NoticeList } from "./notice-list";
import { unreadQuery } from "./queries";
import { texts } from "./texts";

/** The person's notifications, and how many of them are unread. */
export default function Bell() {
  useNoticeSocket();
  const [opened, setOpened] = useState(false);
  const unread = useQuery(unreadQuery).data ?? 0;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="lg" width="min(24rem, 94vw)" trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={styles.bell}
          aria-label={texts.bell(unread)}
          onClick={() => setOpened(!opened)}
        >
          <IconBell size={19} stroke={1.7} />
          {unread > 0 && (
            <span className={styles.count} aria-hidden="true">
              {texts.count(unread)}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={texts.title}>
        <NoticeList unread={unread} onClose={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
