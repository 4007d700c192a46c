import { Button, Group, Text } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { makeLink, revokeLink } from "./commands";
import { keys, type Order, timelineQuery } from "./queries";
import { hasEnded } from "./states";
import { texts } from "./texts";

type Link = Schema<"CreatedTrackingLink">;

const SHARE = "dispatch.order.share";

/** The link with which the receiver follows an order. Its address is known only to who made it, so it is shown once. */
export function TrackingLink({ order }: { order: Order }) {
  const { link: words } = texts.detail;
  const may = useCan()(SHARE);
  const [made, setMade] = useState<Link | null>(null);
  const [asking, setAsking] = useState<"replace" | "revoke" | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const exists = useExists(order.id) || made !== null;
  const make = useCommand<Link>({
    send: (_, key) => makeLink(order.id, key),
    invalidates: [keys.orders],
    onSuccess: setMade,
  });
  const revoke = useCommand<unknown>({
    send: (_, key) => revokeLink(order.id, key),
    invalidates: [keys.orders],
    onSuccess: () => {
      setMade(null);
      toast.success(words.revoked);
    },
  });
  if (!may || hasEnded(order.status)) return null;
  const asked = asking === "revoke" ? revoke : make;

  function close(): void {
    setAsking(null);
    requestAnimationFrame(() => opener.current?.focus());
  }

  return (
    <DrawerSection title={words.title}>
      {made === null ? (
        <Text size="sm" c="dimmed">
          {exists ? words.exists : words.none}
        </Text>
      ) : (
        <Made link={made} />
      )}
      <ErrorNote error={asking === null ? make.error : null} />
      <Group gap="xs" mt="xs">
        <Button
          ref={opener}
          variant="default"
          leftSection={<IconLink size={16} aria-hidden="true" />}
          loading={make.isPending}
          onClick={() => (exists ? setAsking("replace") : make.mutate())}
        >
          {exists ? words.replace.action : words.make}
        </Button>
        {exists && (
          <Button variant="default" onClick={() => setAsking("revoke")}>
            {words.revoke.action}
          </Button>
        )}
      </Group>
      {asking !== null && (
        <ConfirmWithReason
          opened
          onClose={close}
          {...words[asking]}
          reason="none"
          dismiss={texts.steps.dismiss}
          draft={`dispatch.link:${order.id}`}
          pending={asked.isPending}
          error={asked.error}
          onConfirm={() => asked.mutateAsync().then(close)}
        />
      )}
    </DrawerSection>
  );
}

function Made({ link: { url, token, expires_at: expires } }: { link: Link }) {
  const { link: words } = texts.detail;
  return (
    <>
      <Copyable text={url ?? token} />
      <Text size="sm" c="dimmed">
        {url === undefined ? words.noPage : words.once} <DateTime value={expires} />.
      </Text>
    </>
  );
}

/** Whether the order has a link, as its timeline tells. */
function useExists(orderId: string): boolean {
  const entries = useQuery(timelineQuery(orderId)).data?.entries ?? [];
  return entries.findLast(({ action }) => action.startsWith("TRACKING_LINK_"))?.action === "TRACKING_LINK_CREATED";
}
