import { Tooltip } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useConnection } from "~/api/connection";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import styles from "./connection-indicator.module.css";
import shell from "./shell.module.css";

/** Shows whether the console is in touch with the server. */
export function ConnectionIndicator() {
  const connection = useConnection();
  useRefreshWhenBack(connection === "online");
  return (
    <Tooltip label={connection === "online" ? common.connection.onlineHint : common.connection.banner}>
      <span className={`${styles.indicator} ${connection === "offline" ? styles.offline : ""}`} role="status">
        <span className={styles.dot} aria-hidden="true" />
        {common.connection[connection]}
      </span>
    </Tooltip>
  );
}

/** Says that the page may be out of date. */
export function ConnectionBanner() {
  if (useConnection() === "online") return null;
  return (
    <div className={shell.banner} role="alert">
      <IconPlugConnectedX size={18} aria-hidden="true" />
      {common.connection.banner}
    </div>
  );
}

/** Reads everything that is shown again, once the server answers after an interruption. */
function useRefreshWhenBack(online: boolean): void {
  const client = useQueryClient();
  const before = useRef(online);
  useEffect(() => {
    if (online && !before.current) {
      toast.success(common.connection.back);
      void client.invalidateQueries({ refetchType: "active" });
    }
    before.current = online;
  }, [online, client]);
  // The browser says when the network is back, and reading the account then shows whether the server is.
  useEffect(
    () =>
      onlineManager.subscribe((reachable) => {
        if (reachable) void client.refetchQueries({ queryKey: ["me"], exact: true });
      }),
    [client],
  );
}
