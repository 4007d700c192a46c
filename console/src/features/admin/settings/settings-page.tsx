import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ErrorNote } from "~/components/error-note";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { readable } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { Conflict } from "../conflict";
import { bodyOf, type Description, descriptionQuery, resolved } from "../description";
import { type Snapshot, useEdit } from "../edit";
import { codes } from "../permissions";
import { fieldMessages, isConflict, keys } from "../queries";
import { PREFIX, saveSettings, settingsQuery, type Values } from "./queries";
import { SettingField } from "./setting-field";
import styles from "./settings.module.css";
import { settings as texts } from "./texts";

/** The settings of all domains, as far as the API's description names them. */
export default function SettingsPage() {
  const { data: description, error, refetch } = useQuery(descriptionQuery);
  const sections = Object.keys(description?.paths ?? {}).filter((path) => path.startsWith(PREFIX));
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {description === undefined && error === null && <Skeleton height={320} radius="md" />}
      <Columns width="26rem">
        {description !== undefined &&
          sections.map((path) => (
            <Section key={path} name={path.slice(PREFIX.length)} path={path} description={description} />
          ))}
      </Columns>
    </>
  );
}

interface SectionProps {
  name: string;
  path: string;
  description: Description;
}

function Section(props: SectionProps) {
  const { data, error, refetch } = useQuery(settingsQuery(props.name));
  return (
    <Panel title={titleOf(props.name)}>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Skeleton height={180} radius="md" />}
      {data !== undefined && <SectionForm {...props} current={data} />}
    </Panel>
  );
}

function SectionForm({ name, path, description, current }: SectionProps & { current: Snapshot<Values> }) {
  const client = useQueryClient();
  const editable = useCan()(codes.manageSettings);
  const edit = useEdit<Record<string, unknown>>(`admin.settings:${name}`, {
    version: current.version,
    values: { ...current.values },
  });
  const save = useCommand({
    send: saveSettings,
    invalidates: [keys.settings],
    onSuccess: (saved: Snapshot<Values>) => {
      client.setQueryData(settingsQuery(name).queryKey, saved);
      edit.clear();
      toast.success(texts.saved(titleOf(name)));
    },
  });
  const errors = fieldMessages(save.error);
  const fields = Object.entries(bodyOf(description, path, "put").schema.properties ?? {});

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate(
      { section: name, version: edit.version, values: edit.values },
      {
        onError: (error) => {
          if (isConflict(error)) void client.invalidateQueries({ queryKey: keys.settings });
        },
      },
    );
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {!editable && (
        <Text size="sm" c="dimmed">
          {texts.readOnly}
        </Text>
      )}
      {fields.map(([field, schema]) => (
        <SettingField
          key={field}
          name={field}
          schema={resolved(description, schema)}
          description={description}
          value={edit.values[field]}
          error={errors[field]}
          errors={errors}
          disabled={!editable}
          onChange={(value) => edit.change({ [field]: value })}
        />
      ))}
      <Conflict
        theirs={edit.theirs}
        onAccept={() => {
          edit.accept();
          save.reset();
        }}
      />
      <ErrorNote
        error={isConflict(save.error) && edit.theirs !== null ? null : save.error}
        shownFields={fields.map(([field]) => field)}
      />
      {editable && edit.dirty && (
        <div className={styles.buttons}>
          <Button
            variant="default"
            onClick={() => {
              save.reset();
              edit.clear();
            }}
          >
            {texts.discard}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={edit.theirs !== null}>
            {texts.save}
          </Button>
        </div>
      )}
    </form>
  );
}

function titleOf(section: string): string {
  return texts.sections[section] ?? readable(section);
}
