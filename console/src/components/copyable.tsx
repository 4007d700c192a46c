import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { common } from "~/texts/common";

interface CopyableProps {
  text: string;
  /** Shown instead of the whole text, such as the last part of an id. */
  short?: string;
}

/** Shows an id or a serial number with a button that copies it. */
export function Copyable({ text, short }: CopyableProps) {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 4, maxWidth: "100%" }}>
      <span className="code" title={text} style={{ overflowWrap: "anywhere" }}>
        {short ?? text}
      </span>
      <CopyButton value={text} timeout={1_500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? common.actions.copied : common.actions.copy}>
            <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={common.actions.copy}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}

/** Return the end of an id, which is enough to tell it from others in a list. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id;
}
