import type { components } from "../generated/asyncapi.js";
import type { ClientEvents, LiveEvent, ServerEvents } from "../generated/sockets.js";

export type { ClientEvents, ServerEvents };

/** A channel, which decides on the events: `courier`, `customer` or `staff`. */
export type Channel = keyof ServerEvents;

/** An event of a channel. Compare `event` to know the type of `data`. */
export type SocketEvent<C extends Channel> = {
  [Name in keyof ServerEvents[C]]: {
    event: Name;
    data: ServerEvents[C][Name];
    /** Rises with every event of the person. Live events, such as a courier's position, have none: they are not kept. */
    id: Name extends LiveEvent ? undefined : number;
    /** When it happened, in ISO 8601 with UTC. */
    at: string;
  };
}[keyof ServerEvents[C]];

/** What the server says about a message of the client that it refused. */
export type Refusal = components["schemas"]["SocketError"];

/** A message as it arrives. Live events have no id, and messages about the connection itself no time either. */
export interface Message {
  event: string;
  data: unknown;
  id?: number;
  at?: string;
}

/** Return the message in a text, or null if it has not the form of one. */
export function messageOf(text: unknown): Message | null {
  if (typeof text !== "string") return null;
  try {
    const value = JSON.parse(text) as Partial<Message> | null;
    return typeof value?.event === "string" ? { data: {}, ...value, event: value.event } : null;
  } catch {
    return null;
  }
}
