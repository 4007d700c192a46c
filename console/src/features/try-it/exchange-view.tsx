import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { Badge } from "~/components/status-badge";
import { curlOf } from "./curl";
import { texts } from "./texts";
import styles from "./try-it.module.css";
import type { Played } from "./use-story";

interface ExchangeViewProps {
  played: Played;
  title: string;
  explanation: string;
}

/** One request as a command, and its response. */
export function ExchangeView({ played: { call, answer, expected }, title, explanation }: ExchangeViewProps) {
  const command = curlOf(call, window.location.origin);
  return (
    <li className={styles.exchange}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.who}>{texts.as(call.who)}</span>
        <Badge tone={expected ? "good" : "bad"}>{String(answer.status)}</Badge>
        <span className={`numbers ${styles.who}`}>{texts.milliseconds(answer.milliseconds)}</span>
      </div>
      <p className={styles.explanation}>{explanation}</p>
      <div className={styles.code}>
        <Code label={texts.request} text={command} />
        <CopyButton value={command} timeout={1_500}>
          {({ copied, copy }) => (
            <Button
              className={styles.copy ?? ""}
              variant="default"
              size="compact-xs"
              leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
              onClick={copy}
            >
              {copied ? texts.copied : texts.copy}
            </Button>
          )}
        </CopyButton>
      </div>
      <div className={styles.response}>
        <Code
          label={texts.response}
          text={answer.body === null ? texts.noBody : JSON.stringify(answer.body, null, 2)}
        />
      </div>
    </li>
  );
}

function Code({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
