import {
  type ChannelNotice,
  type ChannelRef,
  InvalidRequestError,
  ServiceError,
  type Session,
  type WatchedChannel,
  type WatchRequest,
  type WebhookCapability,
} from "@syncer/core";
import type { GoogleApi } from "./google-api.ts";

/** A week: the longest life of a channel, and the one that it has if nothing is wished for. */
const MAX_TTL_MS = 604_800_000;

/**
 * Push channels on the events of a calendar. They cannot be lengthened: a new one is opened before the old one ends. The address has to
 * be `https:` with a certificate that is publicly trusted. Deliveries have no body and no signature; our token is what proves them.
 * @see Calendar API, "Get push notifications"
 */
export function googleChannels(api: GoogleApi): WebhookCapability {
  return {
    types: ["events"],
    maxTtlMs: MAX_TTL_MS,
    watch: (session, request) => watch(api, session, request),
    stop: (session, channel) => stop(api, session, channel),
    read: ({ headers }) => readNotice(headers),
  };
}

async function watch(api: GoogleApi, session: Session, request: WatchRequest): Promise<WatchedChannel> {
  const { containerId, channelId, address, token, ttlMs } = request;
  if (containerId === undefined) {
    throw new InvalidRequestError("request.invalid", {
      path: "watch.containerId",
      problem: "events are watched in one calendar; name it.",
    });
  }
  const ttl = String(Math.floor(Math.min(ttlMs, MAX_TTL_MS) / 1_000));
  const body = { id: channelId, type: "web_hook", address, token, params: { ttl } };
  const { resourceId, expiration } = await api.watchEvents(session, containerId, body);
  return { resourceId, expiresAtMs: Number(expiration) };
}

async function stop(api: GoogleApi, session: Session, { channelId, resourceId }: ChannelRef): Promise<void> {
  try {
    await api.stopChannel(session, { id: channelId, resourceId });
  } catch (error) {
    if (!(error instanceof ServiceError) || error.failure.kind !== "not-found") throw error;
  }
}

const STATES: Readonly<Record<string, ChannelNotice["state"]>> = {
  sync: "opened",
  exists: "changed",
  not_exists: "gone",
};

function readNotice(headers: Headers): ChannelNotice | undefined {
  const channelId = headers.get("x-goog-channel-id");
  const token = headers.get("x-goog-channel-token");
  const resourceId = headers.get("x-goog-resource-id");
  const state = STATES[headers.get("x-goog-resource-state") ?? ""];
  if (!channelId || !token || !state) return undefined;
  return { channelId, token, ...(resourceId ? { resourceId } : {}), state };
}
