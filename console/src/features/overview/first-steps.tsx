import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useConfig } from "~/app/config";
import { Panel } from "~/components/panel";
import styles from "./overview.module.css";
import type { DomainName } from "./queries";
import { texts } from "./texts";
import { useReachable } from "./use-reachable";

const WHERE: Readonly<Record<DomainName, { to: string; label: string } | null>> = {
  dispatch: null,
  picking: { to: "/admin/imports", label: texts.start.imports },
  packing: { to: "/admin/imports", label: texts.start.imports },
  maintenance: { to: "/admin/imports", label: texts.start.imports },
  manufacturing: { to: "/line/skus", label: texts.start.line },
};

/** What to do first where nothing has happened yet. */
export function FirstSteps({ domains }: { domains: readonly DomainName[] }) {
  const { local } = useConfig();
  const steps = domains.map((domain) => ({ key: domain, text: texts.start[domain], where: WHERE[domain] }));
  const tryIt = { key: "try-it", text: texts.start.tryIt, where: { to: "/try-it", label: texts.start.openTryIt } };
  return (
    <div className={styles.start}>
      <Panel title={texts.start.title}>
        <p className={styles.startText}>{texts.start.text}</p>
        <ol className={styles.steps}>
          {[...steps, ...(local ? [tryIt] : [])].map(({ key, text, where }) => (
            <li key={key}>
              <span>{text}</span>
              {where !== null && <Way {...where} />}
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  );
}

function Way({ to, label }: { to: string; label: string }) {
  if (!useReachable()(to)) return null;
  return (
    <Button component={Link} to={to} variant="light" size="compact-sm">
      {label}
    </Button>
  );
}
