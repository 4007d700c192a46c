import { useCan } from "~/app/me";
import { Panel } from "~/components/panel";
import { LineLink } from "../links";
import page from "../page.module.css";
import { MAY_HOLD } from "./permissions";
import type { Hold } from "./queries";
import { texts } from "./texts";

type UnitHold = Pick<Hold, "id" | "kind" | "value" | "reason">;

/** Says by which holds a batch, module or pack is held; nothing if it is not. */
export function HoldsNote({ holds }: { holds: readonly UnitHold[] }) {
  const mayRead = useCan()(MAY_HOLD.read);
  if (holds.length === 0) return null;
  return (
    <Panel title={texts.note.title}>
      <p className={page.note}>{texts.note.text}</p>
      <ul aria-label={texts.note.title}>
        {holds.map(({ id, kind, value, reason }) => (
          <li key={id}>
            {texts.kinds[kind]}{" "}
            {mayRead ? (
              <LineLink to={`/line/holds?status=OPEN&kind=${kind}&value=${encodeURIComponent(value)}`}>
                {value}
              </LineLink>
            ) : (
              <span className="code">{value}</span>
            )}
            : {reason}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
