import { Button, PasswordInput, SegmentedControl } from "@mantine/core";
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { useConfig } from "~/app/config";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { delivery } from "./delivery";
import { People } from "./people";
import { pick } from "./pick";
import { repair } from "./repair";
import { StoryView } from "./story-view";
import { texts } from "./texts";
import styles from "./try-it.module.css";

const STORIES = [delivery, pick, repair];

/** Plays everyday work with the demo people, on the local stack. */
export default function TryItPage() {
  const { local } = useConfig();
  const [password, setPassword] = useState<string | null>(null);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      {!local && <StateMessage kind="missing" title={texts.elsewhere} text={texts.elsewhereHint} />}
      {local && (password === null ? <Password onPassword={setPassword} /> : <Stories password={password} />)}
    </>
  );
}

function Password({ onPassword }: { onPassword: (password: string) => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [checking, setChecking] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setChecking(true);
    setProblem(null);
    const people = new People(text);
    try {
      await people.idOf("customer1");
      await people.signOut();
      onPassword(text);
    } catch {
      setProblem(texts.wrongPassword("customer1"));
      setChecking(false);
    }
  }
  return (
    <Panel>
      <form className={styles.password} onSubmit={(event) => void submit(event)}>
        <PasswordInput
          label={texts.password}
          description={texts.passwordHint}
          autoComplete="off"
          required
          withAsterisk={false}
          value={text}
          error={problem}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" loading={checking} disabled={text === ""}>
          {texts.begin}
        </Button>
      </form>
    </Panel>
  );
}

function Stories({ password }: { password: string }) {
  const people = useMemo(() => new People(password), [password]);
  useEffect(() => () => void people.signOut(), [people]);
  const [chosen, setChosen] = useAddressValue("story");
  const story = STORIES.find(({ id }) => id === chosen) ?? delivery;
  return (
    <>
      <div className={styles.choice}>
        <SegmentedControl
          aria-label={texts.stories}
          value={story.id}
          onChange={setChosen}
          data={STORIES.map(({ id, title }) => ({ value: id, label: title }))}
        />
      </div>
      <StoryView key={story.id} story={story} people={people} />
    </>
  );
}
