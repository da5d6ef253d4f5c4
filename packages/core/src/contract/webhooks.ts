import type { SyncType } from "../items/index.ts";
import type { Session } from "./session.ts";

/**
 * Being told that a collection has changed, instead of asking: the service calls an address of the host's (watch channels,
 * subscriptions). What it says only wakes a run, which reads for itself; nothing of a delivery is ever taken over.
 */
export interface WebhookCapability {
  /** The sync types whose collections can be watched. Absent: all of the provider's. */
  readonly types?: readonly SyncType[];
  /** The longest life that the service gives a channel, in ms. */
  readonly maxTtlMs: number;
  /**
   * Opens a channel: one request. The service may call the address before it answers.
   * @throws {ServiceError} `invalid`, `forbidden`: the service does not take the address, or cannot watch this collection
   */
  watch(session: Session, request: WatchRequest): Promise<WatchedChannel>;
  /**
   * Lengthens the life of an open channel: one request. Absent: the service cannot, or need not; a new one is opened before the
   * old one ends, and the two overlap for a moment.
   * @throws {ServiceError} `not-found`: the channel is gone; a new one is opened
   */
  renew?(session: Session, channel: ChannelRef & { readonly ttlMs: number }): Promise<{ readonly expiresAtMs: number }>;
  /** Ends a channel: one request. One that is gone already (404, 410) is a success. */
  stop(session: Session, channel: ChannelRef): Promise<void>;
  /**
   * Pure. Reads a delivery, which anybody may have sent: the engine holds `token` against the channel before it believes any of
   * it. Never throws.
   * @returns one notice, or several where the service puts those of many channels into one delivery; `undefined`: this is no
   *   delivery of this service
   */
  read(delivery: WebhookDelivery): ChannelNotice | readonly ChannelNotice[] | undefined;
  /**
   * Pure. Of a service that calls once and wants an answer before it opens a channel (Microsoft Graph: `validationToken` in the query):
   * what it is to be answered, as plain text of at most 2,000 printable characters of ASCII. Absent: the service does not.
   * @param url as it was called, which anybody may do
   * @returns `undefined`: this is no such call
   */
  handshake?(url: URL): string | undefined;
}

/** What is to be watched, and where to call. */
export interface WatchRequest {
  readonly syncType: SyncType;
  /** Of documents in containers (the events of a calendar): the service's id of the container. May hold an address. */
  readonly containerId?: string;
  /** Our name of the channel: at most 64 characters of `[A-Za-z0-9_-]`, and never used before. */
  readonly channelId: string;
  /** Where the service is to call: `https:`, public. */
  readonly address: string;
  /** Proves that a delivery comes from whom we gave it to: 43 characters of `[A-Za-z0-9_-]`, to be sent with each. A secret. */
  readonly token: string;
  /** The life that is wished for, `maxTtlMs` at most; the service may give less. */
  readonly ttlMs: number;
}

/** A channel that the service has opened. */
export interface WatchedChannel {
  /**
   * The service's own name of the channel or of what it watches: what `stop` has to be told beside our name. At most 2,000
   * characters; stored as ciphertext.
   */
  readonly resourceId: string;
  /** By the service's answer, in ms since the epoch. */
  readonly expiresAtMs: number;
}

/** A channel, by our name of it and the service's. */
export interface ChannelRef {
  readonly channelId: string;
  readonly resourceId: string;
}

/** A request that came in at the address of a channel. */
export interface WebhookDelivery {
  readonly headers: Headers;
  /** As it came, byte for byte; empty if there was none. */
  readonly body: Uint8Array;
}

/** What a delivery says of one channel. */
export interface ChannelNotice {
  /** Our name of the channel. */
  readonly channelId: string;
  readonly token: string;
  /** Where the delivery names it: how a channel is learnt of whose opening was answered to nobody. */
  readonly resourceId?: string;
  /** `opened`: the service's first call. `changed`: something is different. `gone`: what was watched, or the channel, is no more. */
  readonly state: "opened" | "changed" | "gone";
}
