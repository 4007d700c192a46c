/** What the page of battery passports says. */

export interface Message {
  status: string;
  hint?: string;
}

export const LOADING: Message = { status: "One moment …" };
export const UNKNOWN: Message = {
  status: "There is no such passport.",
  hint: "Scan the code on the battery again, or ask its manufacturer.",
};
export const INCOMPLETE: Message = {
  status: "This address is not complete.",
  hint: "Scan the code on the battery again.",
};
export const UNREACHABLE: Message = {
  status: "The passport cannot be read at the moment.",
  hint: "Reload the page in a minute.",
};
