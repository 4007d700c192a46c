import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useCan } from "~/app/me";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { StatusBadge } from "~/components/status-badge";
import { grouped, groupTitle, linkOf, valueText } from "~/passport/values";
import { Loaded } from "../loaded";
import page from "../page.module.css";
import { PACK_STATES } from "../states";
import { LabelCode } from "./label-code";
import { MissingList } from "./missing-list";
import styles from "./passport.module.css";
import { MAY_PASSPORT } from "./permissions";
import { type Passport, type PassportEntry, passportQuery } from "./queries";
import { ACCESS } from "./states";
import { texts } from "./texts";

/** The battery passport of a pack: its QR code, what is known by group, and what is missing. */
export default function PassportPage() {
  const { packId = "" } = useParams();
  const view = useCan()(MAY_PASSPORT.readAll) ? "restricted" : "public";
  const query = useQuery(passportQuery(packId, view));
  const back = { to: `/line/packs/${packId}`, label: texts.back };
  return (
    <Loaded query={query} title={texts.title} back={back} missing={texts.missing}>
      {(passport) => <Page packId={packId} passport={passport} back={back} />}
    </Loaded>
  );
}

interface PageProps {
  packId: string;
  passport: Passport;
  back: { to: string; label: string };
}

function Page({ packId, passport, back }: PageProps) {
  const { serial, status, completeness, attributes } = passport;
  return (
    <>
      <PageHeader
        title={<span className={page.serial}>{texts.of(serial)}</span>}
        description={status !== undefined && <StatusBadge state={status} states={PACK_STATES} />}
        back={back}
      />
      <Columns width="26rem">
        <div className={page.stack}>
          <LabelCode packId={packId} passport={passport} />
          {completeness !== undefined && <MissingList completeness={completeness} />}
        </div>
        <div className={page.stack}>
          {grouped(attributes).map(([group, entries]) => (
            <Panel key={group} title={groupTitle(group)}>
              <KeyValueList
                items={entries.map((entry) => ({ label: entry.title, value: <EntryValue entry={entry} /> }))}
              />
            </Panel>
          ))}
        </div>
      </Columns>
    </>
  );
}

/** A value, and who may see it if that is not everybody. */
function EntryValue({ entry: { value, access } }: { entry: PassportEntry }) {
  const href = linkOf(value);
  return (
    <span className={styles.value}>
      {href === null ? (
        valueText(value)
      ) : (
        <Anchor href={href} target="_blank" rel="noopener noreferrer">
          {href}
        </Anchor>
      )}
      {access !== "public" && <StatusBadge state={access} states={ACCESS} />}
    </span>
  );
}
