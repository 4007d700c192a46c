import { Anchor, Button, Skeleton } from "@mantine/core";
import { IconDownload, IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ApiError } from "~/api/errors";
import { Copyable } from "~/components/copyable";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { Panel } from "~/components/panel";
import { saveFile } from "../download";
import page from "../page.module.css";
import styles from "./passport.module.css";
import { type Passport, qrQuery } from "./queries";
import { texts } from "./texts";

interface Props {
  packId: string;
  passport: Passport;
}

/** The QR code of a pack to print, and where it leads. */
export function LabelCode({ packId, passport }: Props) {
  const { serial } = passport;
  const link = passport.attributes.find(({ name }) => name === "identifier")?.value.text;
  const code = useQuery(qrQuery(packId));
  return (
    <Panel
      title={texts.code}
      actions={
        code.data !== undefined && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconDownload size={16} />}
            onClick={() => saveFile(`passport-${serial}.svg`, "image/svg+xml", code.data)}
          >
            {texts.save}
          </Button>
        )
      }
    >
      <div className={page.stack}>
        {code.data !== undefined && <Code serial={serial} svg={code.data} />}
        {code.isPending && <Skeleton height={192} width={192} />}
        <NoCode error={code.error} retry={() => void code.refetch()} />
        <KeyValueList
          items={[
            { label: texts.identifier, value: link && <Copyable text={link} /> },
            { label: texts.page, value: <PublicPage passport={passport} /> },
          ]}
        />
        {link !== undefined && <p className={page.note}>{texts.link}</p>}
      </div>
    </Panel>
  );
}

function Code({ serial, svg }: { serial: string; svg: string }) {
  return (
    <img
      className={styles.code}
      src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`}
      alt={texts.codeOf(serial)}
    />
  );
}

/** Says why there is no code: a void pack, or a deployment without a public page. */
function NoCode({ error, retry }: { error: Error | null; retry: () => void }) {
  const isNone = error instanceof ApiError && error.code === "NO_PASSPORT_ADDRESS";
  return isNone ? <p className={page.note}>{texts.noCode}.</p> : <ErrorNote error={error} onRetry={retry} />;
}

function PublicPage({ passport: { address, status } }: { passport: Passport }) {
  if (address === undefined) return texts.noPage;
  return (
    <>
      <Anchor href={address} target="_blank" rel="noopener noreferrer">
        {texts.openPage} <IconExternalLink size={14} aria-hidden="true" />
      </Anchor>
      {(status === "DRAFT" || status === "IN_PROGRESS") && <p className={page.note}>{texts.pageLater}</p>}
    </>
  );
}
