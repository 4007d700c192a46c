import { names } from "../names";

export const audit = {
  ...names.audit,
  description: "What was changed, and what was refused. Newest first.",
  list: "Audit trail",
  empty: "Nothing in this time",
  emptyHint: "Without a time, an entity or a person, the list goes back 30 days.",
  earlier: "Look further back",
  filters: { entity: "Entity id", actor: "Actor id" },
  columns: { at: "Time", action: "Action", entity: "Entity", actor: "By", outcome: "Outcome" },
  done: "Done",
  detail: {
    changes: "Changes",
    refused: "Refused",
    refusedText: (code: string): string => `The request was refused with ${code}. Nothing was changed.`,
    repeated: (count: number): string =>
      `${count.toLocaleString("en")} more refused ${count === 1 ? "request" : "requests"} of this actor since the row before`,
    request: "Request",
    at: "Time",
    actor: "By",
    actorId: "Actor id",
    entity: "Entity",
    entityId: "Entity id",
    action: "Action",
    requestId: "Request id",
    address: "Address",
    program: "Program",
    ofEntity: "All of this entity",
    ofActor: "All of this actor",
  },
} as const;
