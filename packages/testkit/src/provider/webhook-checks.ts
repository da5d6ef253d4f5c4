import { type ChannelNotice, canWatch, ServiceError, type WatchRequest, type WebhookCapability } from "@syncer/core";
import type { ProviderBench } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, rejectionOf } from "./ensure.ts";

/** How far a service's clock may be ahead of the suite's. */
const SKEW_MS = 60_000;
const LONGEST_RESOURCE_ID = 2_000;

export const webhookChecks = defineChecks([
  {
    name: "reads whatever may come in at a channel's address without failing, and finds no channel where none is named",
    needs: ["webhooks"],
    async run(bench) {
      const { read } = capabilityOf(bench);
      for (const [what, headers, text] of DELIVERIES) {
        const told = read({ headers: new Headers({ ...headers }), body: new TextEncoder().encode(text) });
        const notices: readonly ChannelNotice[] = told === undefined ? [] : [told].flat();
        ensure(notices.length === 0, `finds ${notices.length} channels in ${what}`);
      }
    },
  },
  {
    name: "opens a channel in one request, tells the service's name of it and when it ends, and ends it",
    needs: ["webhooks", "stand-in"],
    async run(bench) {
      const { watch, stop } = capabilityOf(bench);
      for (const request of requests(bench)) {
        const { syncType, channelId, ttlMs } = request;
        const asked = await bench.wire.count(async () => {
          const { resourceId, expiresAtMs } = await watch(bench.session(), request);
          const fits = resourceId.length > 0 && resourceId.length <= LONGEST_RESOURCE_ID;
          ensure(fits, `${syncType}: the name of a channel has ${resourceId.length} characters`);
          const leftMs = expiresAtMs - bench.clock.now();
          ensure(
            leftMs > 0 && leftMs <= ttlMs + SKEW_MS,
            `${syncType}: a channel for ${ttlMs} ms ends in ${leftMs} ms`,
          );
          await stop(bench.session(), { channelId, resourceId });
        });
        ensure(asked <= 2, `${syncType}: ${asked} requests to open a channel and to end it`);
      }
    },
  },
  {
    name: "takes a channel that is gone for ended, and says of it that it cannot be made to live longer",
    needs: ["webhooks", "stand-in"],
    async run(bench) {
      const { watch, stop, renew } = capabilityOf(bench);
      for (const request of requests(bench)) {
        const { syncType, channelId, ttlMs } = request;
        const { resourceId } = await watch(bench.session(), request);
        if (renew) {
          const { expiresAtMs } = await renew(bench.session(), { channelId, resourceId, ttlMs });
          const leftMs = expiresAtMs - bench.clock.now();
          ensure(leftMs > 0 && leftMs <= ttlMs + SKEW_MS, `${syncType}: a renewed channel ends in ${leftMs} ms`);
        }
        await stop(bench.session(), { channelId, resourceId });
        await stop(bench.session(), { channelId, resourceId });
        if (!renew) continue;
        const again = () => renew(bench.session(), { channelId, resourceId, ttlMs });
        const error = await rejectionOf(again, `${syncType}: making a channel live longer that is gone`);
        const isGone = error instanceof ServiceError && error.failure.kind === "not-found";
        ensure(isGone, `${syncType}: making a channel live longer that is gone fails otherwise than as not-found`);
      }
    },
  },
]);

/** What anybody may send to an address that is public. */
const DELIVERIES: readonly (readonly [what: string, headers: Readonly<Record<string, string>>, body: string])[] = [
  ["a request without anything", {}, ""],
  ["a page of HTML", { "content-type": "text/html" }, "<!doctype html><html></html>"],
  ["a broken document", { "content-type": "application/json" }, '{"value":[{'],
  ...[
    "null",
    "0",
    '""',
    "[]",
    "{}",
    "[null]",
    '{"value":null}',
    '{"value":[null]}',
    '{"value":[{}]}',
    '{"value":{}}',
  ].map((text) => [`the document ${text}`, { "content-type": "application/json" }, text] as const),
  ["an address that was typed into a browser", { accept: "text/html", "user-agent": "Mozilla/5.0" }, ""],
  ["bytes that are no text", { "content-type": "application/octet-stream" }, "\u0000\uffff\ud7ff"],
];

function capabilityOf({ provider }: ProviderBench): WebhookCapability {
  const { webhooks } = provider;
  ensure(webhooks !== undefined, "webhooks are gone");
  return webhooks;
}

/** A channel for each collection that can be watched; of documents in containers, for that of the harness. */
function requests({ harness, provider }: ProviderBench): readonly WatchRequest[] {
  const types = Object.keys(provider.collections).filter((type) => canWatch(provider, type));
  return types.flatMap((syncType) => {
    const isHeld = provider.collections[syncType]?.shape === "held-documents";
    const containerId = harness.fixtures.documents?.[syncType]?.containerId;
    if (isHeld && containerId === undefined) return [];
    return {
      syncType,
      ...(isHeld && containerId !== undefined ? { containerId } : {}),
      channelId: `conformance-${crypto.randomUUID()}`,
      address: "https://host.example/webhooks",
      token: `${crypto.randomUUID()}-secret`.slice(0, 43).padEnd(43, "_"),
      ttlMs: provider.webhooks?.maxTtlMs ?? 0,
    };
  });
}
