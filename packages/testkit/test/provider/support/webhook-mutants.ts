import { type AnyProvider, type ChannelNotice, serviceError, type WebhookCapability } from "@syncer/core";
import type { ProviderHarness } from "../../../src/index.ts";
import type { Mutant } from "./make-mutant.ts";
import { createNotesHarness } from "./notes-harness.ts";

const DAY_MS = 86_400_000;

/** Notes of which a service calls when they change; its channels can be made to live longer. */
export function ringing(
  change: (whole: WebhookCapability, provider: AnyProvider) => Partial<WebhookCapability> = () => ({}),
): ProviderHarness {
  const harness = createNotesHarness();
  const now = () => harness.clock?.now() ?? 0;
  const open = new Set<string>();
  const whole: WebhookCapability = {
    maxTtlMs: DAY_MS,
    watch: async (_, { channelId, ttlMs }) => {
      open.add(channelId);
      return { resourceId: `resource of ${channelId}`, expiresAtMs: now() + ttlMs };
    },
    renew: async ({ service }, { channelId, ttlMs }) => {
      if (!open.has(channelId)) throw serviceError(service, "/channels", 404, { kind: "not-found" });
      return { expiresAtMs: now() + ttlMs };
    },
    stop: async (_, { channelId }) => void open.delete(channelId),
    read: ({ headers }) => {
      const [channelId, token] = [headers.get("x-channel"), headers.get("x-token")];
      return channelId && token ? { channelId, token, state: "changed" } : undefined;
    },
  };
  return { ...harness, provider: { ...harness.provider, webhooks: { ...whole, ...change(whole, harness.provider) } } };
}

function inWebhooks(
  flaw: string,
  caughtBy: readonly string[],
  change: (whole: WebhookCapability, provider: AnyProvider) => Partial<WebhookCapability>,
): Mutant {
  return { flaw, caughtBy, create: () => ringing(change) };
}

const READS = "reads whatever may come in";
const OPENS = "opens a channel in one request";
const ENDS = "takes a channel that is gone";

export const webhookMutants: readonly Mutant[] = [
  inWebhooks("fails over a delivery that is no JSON", [READS], () => ({
    read: ({ body }) => JSON.parse(new TextDecoder().decode(body)) as ChannelNotice[],
  })),
  inWebhooks("takes any list for notices", [READS], () => ({
    read: ({ body }) => {
      const text = new TextDecoder().decode(body);
      return text.startsWith("[n") ? (JSON.parse(text) as ChannelNotice[]) : undefined;
    },
  })),
  inWebhooks("finds a channel in every call", [READS], () => ({
    read: ({ headers }) => ({ channelId: headers.get("x-channel") ?? "", token: "", state: "changed" }),
  })),
  inWebhooks("gives the end of a channel in seconds", [OPENS], ({ watch }) => ({
    watch: async (...given) => {
      const watched = await watch(...given);
      return { ...watched, expiresAtMs: Math.floor(watched.expiresAtMs / 1_000) };
    },
  })),
  inWebhooks("gives no name to a channel", [OPENS], ({ watch }) => ({
    watch: async (...given) => ({ ...(await watch(...given)), resourceId: "" }),
  })),
  inWebhooks("asks for the profile again and again", [OPENS], ({ watch }, { profile }) => ({
    watch: async (session, request) => {
      for (let times = 0; times < 3; times++) await profile(session);
      return await watch(session, request);
    },
  })),
  inWebhooks("fails to end what is gone", [ENDS], ({ renew, stop }) => ({
    stop: async (session, channel) => {
      await renew?.(session, { ...channel, ttlMs: 1 });
      await stop(session, channel);
    },
  })),
  inWebhooks("makes channels live longer that are gone", [ENDS], ({ watch }) => ({
    renew: async (session, { channelId, ttlMs }) => {
      const request = { syncType: "notes", address: "https://host.example/", token: "", channelId, ttlMs };
      return await watch(session, request);
    },
  })),
];
