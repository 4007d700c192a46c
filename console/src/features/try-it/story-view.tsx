import { Button } from "@mantine/core";
import { IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { ExchangeView } from "./exchange-view";
import type { People } from "./people";
import type { Story } from "./story";
import { texts } from "./texts";
import styles from "./try-it.module.css";
import { useStory } from "./use-story";

/** A story: the steps that were played, and the next one with a sentence about it. */
export function StoryView({ story, people }: { story: Story; people: People }) {
  const { played, step, isStuck, sending, problem, play, begin } = useStory(story, people);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (played.length > 0) end.current?.scrollIntoView?.({ block: "nearest" });
  }, [played]);
  return (
    <div className={styles.story}>
      <p className={styles.about}>
        {story.text} <Link to={story.watch.to}>{story.watch.label}</Link>
        <br />
        <span className="code">{texts.shell(window.location.port || "8000")}</span>
      </p>
      <ol className={styles.steps} aria-live="polite">
        {played.map((one, index) => (
          <ExchangeView
            // Steps are only added at the end.
            // biome-ignore lint/suspicious/noArrayIndexKey: the position is what a step is
            key={index}
            played={one}
            title={story.steps[index]?.title ?? ""}
            explanation={story.steps[index]?.explanation ?? ""}
          />
        ))}
      </ol>
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {isStuck && (
        <p className={styles.problem} role="alert">
          {texts.unexpected}
        </p>
      )}
      <div className={styles.next} ref={end}>
        {step === undefined ? (
          <p className={styles.nextText}>
            <strong>{texts.finished}</strong> <Link to={story.watch.to}>{story.watch.label}</Link>
          </p>
        ) : (
          <p className={styles.nextText}>
            <span className={styles.count}>{texts.step(story.steps.indexOf(step) + 1, story.steps.length)}</span>
            <strong>{step.title}</strong>
            <span>{step.explanation}</span>
          </p>
        )}
        <div className={styles.buttons}>
          {played.length > 0 && (
            <Button variant="default" leftSection={<IconRefresh size={16} />} disabled={sending} onClick={begin}>
              {step === undefined ? texts.again : texts.restart}
            </Button>
          )}
          {step !== undefined && (
            <Button leftSection={<IconPlayerPlay size={16} />} loading={sending} onClick={() => void play()}>
              {isStuck ? texts.retry : texts.next}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
