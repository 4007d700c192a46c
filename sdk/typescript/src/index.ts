export { Api, type ApiResponse, type Data, type Input, ifMatch } from "./api.js";
export { Baton, type BatonOptions } from "./client.js";
export {
  type Broadcast,
  type Cancel,
  type Environment,
  type Locks,
  ProcessLocks,
  platform,
  type WebSocketLike,
} from "./environment.js";
export { ApiError, type ErrorCode, NetworkError, SessionEndedError } from "./errors.js";
export type { components, operations, paths } from "./generated/openapi.js";
export { DEFAULT_POLICY, type RetryPolicy } from "./http/retry.js";
export { IndexedDbOutboxStore } from "./outbox/indexeddb.js";
export { Outbox, type OutboxEvents, type OutboxOptions, type SendResult } from "./outbox/outbox.js";
export { MemoryOutboxStore, type NewEvent, type OutboxStore, type StoredEvent } from "./outbox/store.js";
export { type EndReason, Session, type SessionEvents } from "./session/session.js";
export {
  IndexedDbTokenStore,
  MemoryTokenStore,
  type TokenStore,
  type Tokens,
  WebTokenStore,
} from "./session/tokens.js";
export type { Channel, ClientEvents, Refusal, ServerEvents, SocketEvent } from "./socket/events.js";
export { BatonSocket, type SocketEnd, type SocketOptions, type SocketState } from "./socket/socket.js";
