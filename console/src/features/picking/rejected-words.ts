import { readable } from "~/components/status-badge";
import type { RejectedEvent } from "./queries";
import { texts } from "./texts";

type Words = string | ((field: string) => string);

/** Return in words why an event was refused. A reason of a newer server is shown by its name. */
export function reasonInWords(reason: string): string {
  const [code = "", field = ""] = reason.split(/:(.*)/s);
  const words = (texts.reasons as Partial<Record<string, Words>>)[code];
  if (words === undefined) return readable(reason);
  return typeof words === "function" ? words(field) : words;
}

/** Return what kind of event it was. */
export function kindInWords({ event_type: type }: RejectedEvent): string {
  if (type === undefined) return texts.noEvent;
  return (texts.events as Partial<Record<string, string>>)[type] ?? readable(type);
}

/** Return what the event was, and for a scan what was scanned. */
export function eventInWords(event: RejectedEvent): string {
  return event.raw === undefined ? kindInWords(event) : `${kindInWords(event)} ${event.raw}`;
}
