import { useSyncExternalStore } from "react";

/** Whether the server answers, as the newest request showed. */
export type Connection = "online" | "offline";

const listeners = new Set<() => void>();
let current: Connection = "online";
let losses = 0;

/** Return how often the browser has lost its connection. A response whose request is older than the last loss says nothing. */
export function connectionLosses(): number {
  return losses;
}

export function setConnection(connection: Connection): void {
  if (connection === current) return;
  current = connection;
  for (const listener of listeners) listener();
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentConnection(): Connection {
  return current;
}

/** Return whether the server answers; the component renders again when that changes. */
export function useConnection(): Connection {
  return useSyncExternalStore(subscribeToConnection, currentConnection);
}

if (typeof window !== "undefined") {
  window.addEventListener("offline", () => {
    losses += 1;
    setConnection("offline");
  });
}
