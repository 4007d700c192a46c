import { Button, MultiSelect, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import styles from "./comments.module.css";
import { addComment, type Comment, type Mention, peopleQuery } from "./queries";
import { texts } from "./texts";

const EMPTY: { text: string; mentions: readonly Mention[] } = { text: "", mentions: [] };
const FIELDS = ["text", "mentions"] as const;
const PAUSE_MS = 250;

/** A new comment, with the people who are mentioned in it; what was typed is kept. */
export function CommentForm({ orderId }: { orderId: string }) {
  const draft = useDraft(`repairs.comment:${orderId}`, EMPTY);
  const [isMissing, setMissing] = useState(false);
  const text = draft.value.text.trim();
  const mentions = draft.value.mentions;
  const command = useCommand<Comment, { text: string; mentions: string[] }>({
    send: (body, key) => addComment(orderId, body, key),
    invalidates: [keys.orders],
    onSuccess: () => {
      draft.clear();
      toast.success(texts.done);
    },
  });
  const errors = fieldErrors(command.error);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    setMissing(text === "");
    if (text !== "") command.mutate({ text, mentions: mentions.map(({ id }) => id) });
  }

  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <Textarea
        label={texts.text}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2000}
        value={draft.value.text}
        error={isMissing && text === "" ? texts.missing : errors.text}
        onChange={(event) => draft.change({ text: event.currentTarget.value })}
      />
      <MentionChoice
        orderId={orderId}
        value={mentions}
        error={errors.mentions}
        onChange={(next) => draft.change({ mentions: next })}
      />
      <ErrorNote error={command.error} shownFields={FIELDS} />
      <Button type="submit" className={styles.send ?? ""} loading={command.isPending}>
        {texts.send}
      </Button>
    </form>
  );
}

interface MentionChoiceProps {
  orderId: string;
  value: readonly Mention[];
  error: string | undefined;
  onChange: (mentions: readonly Mention[]) => void;
}

/** Finds people by a part of their name, among those who can read the work order. */
function MentionChoice({ orderId, value, error, onChange }: MentionChoiceProps) {
  const [search, setSearch] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [waited] = useDebouncedValue(search.trim(), PAUSE_MS);
  const people = useQuery({ ...peopleQuery(orderId, waited), enabled: isOpen });
  const known = new Map([...value, ...(people.data?.people ?? [])].map((person) => [person.id, person]));
  return (
    <MultiSelect
      label={texts.mentions}
      description={texts.mentionsHint}
      data={[...known.values()].map(({ id, name }) => ({ value: id, label: name }))}
      filter={({ options }) => options}
      searchable
      hidePickedOptions
      maxValues={10}
      nothingFoundMessage={people.isFetching ? undefined : texts.nobodyFound}
      searchValue={search}
      onSearchChange={setSearch}
      onDropdownOpen={() => setOpen(true)}
      value={value.map(({ id }) => id)}
      error={error}
      onChange={(ids) => onChange(ids.flatMap((id) => known.get(id) ?? []))}
    />
  );
}
