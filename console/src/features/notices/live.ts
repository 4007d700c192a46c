import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { baton } from "~/api/client";
import { useCan } from "~/app/me";
import { keys } from "./queries";
import { keysOf } from "./subjects";

const CHANNEL = "realtime.channel.staff";

/**
 * Read the notifications again as soon as the server announces a new one, and what it is about. They are also read in
 * intervals, so nothing is missed while there is no socket.
 */
export function useNoticeSocket(): void {
  const client = useQueryClient();
  const enabled = useCan()(CHANNEL);
  useEffect(() => {
    if (!enabled) return undefined;
    const socket = baton.socket("staff");
    void socket.listen(({ data }) => {
      for (const queryKey of [keys.all, ...keysOf(data.subject.kind)]) void client.invalidateQueries({ queryKey });
    });
    return () => socket.close();
  }, [client, enabled]);
}
