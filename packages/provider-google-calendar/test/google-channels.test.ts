import type { WebhookCapability } from "@syncer/core";
import { createSandbox } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { GoogleBench } from "./support/google-bench.ts";
import { ANNA } from "./support/google-harness.ts";

const HOUR_MS = 3_600_000;
const TOKEN = "t".repeat(43);
const ADDRESS = "https://app.example/hook";
const EMPTY = new Uint8Array();

function open() {
  const received: Request[] = [];
  const clock = new GoogleBench().clock;
  const sandbox = createSandbox({
    clock,
    notificationFetch: async (request) => {
      received.push(request);
      return new Response(null, { status: 200 });
    },
  });
  const bench = new GoogleBench({ sandbox });
  const webhooks: WebhookCapability | undefined = bench.provider.webhooks;
  if (!webhooks) throw new TypeError("it can be watched");
  const watch = (channelId: string, more: object = {}) =>
    webhooks.watch(bench.session, {
      syncType: "events",
      containerId: ANNA,
      channelId,
      address: ADDRESS,
      token: TOKEN,
      ttlMs: HOUR_MS,
      ...more,
    });
  const notices = async () => {
    await bench.google.notificationsSettled();
    return received.map(({ headers }) => webhooks.read({ headers, body: EMPTY }));
  };
  return { bench, webhooks, watch, notices, clock };
}

describe("a channel", () => {
  it("is opened for as long as is wished for, and tells of changes by our own name of it", async () => {
    const { bench, watch, notices, clock } = open();
    const channel = await watch("channel-1");
    expect(channel.expiresAtMs).toBe(clock.now() + HOUR_MS);
    bench.google.putEvent(ANNA, { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } });
    const of = { channelId: "channel-1", token: TOKEN, resourceId: channel.resourceId };
    const [first, ...later] = await notices();
    expect(first).toEqual({ ...of, state: "opened" });
    expect(later.length).toBeGreaterThan(0);
    for (const notice of later) expect(notice).toEqual({ ...of, state: "changed" });
    expect(bench.requests).toHaveLength(1);
  });

  it("lives a week at most, whatever is wished for", async () => {
    const { watch, webhooks, clock } = open();
    expect((await watch("channel-1", { ttlMs: 10 ** 12 })).expiresAtMs).toBe(clock.now() + webhooks.maxTtlMs);
  });

  it("can be stopped, also when it is gone, and says when its calendar is", async () => {
    const { bench, watch, webhooks, notices } = open();
    const { resourceId } = await watch("channel-1");
    for (let time = 0; time < 2; time += 1) await webhooks.stop(bench.session, { channelId: "channel-1", resourceId });
    expect(bench.google.channels().map((channel) => channel.open)).toEqual([false]);
    await watch("channel-2");
    bench.google.removeCalendar(ANNA);
    expect(await notices()).toMatchObject([
      { channelId: "channel-1", state: "opened" },
      { channelId: "channel-2", state: "opened" },
      { channelId: "channel-2", state: "gone" },
    ]);
  });

  it.each([
    ["an address that is not https", { address: "http://app.example/hook" }, "webhook-url-not-https"],
    ["an address that nobody has verified", { address: "https://unknown.example/hook" }, "webhook-url-unauthorized"],
  ])("is refused with %s, by a code", async (_, more, reason) => {
    const { bench, watch } = open();
    bench.google.settings.unverifiedHosts = ["unknown.example"];
    await expect(watch("channel-1", more)).rejects.toMatchObject({ failure: { kind: "invalid", reason } });
  });

  it("is that of one calendar", async () => {
    const { watch } = open();
    await expect(watch("channel-1", { containerId: undefined })).rejects.toMatchObject({ code: "request.invalid" });
  });
});

describe("a delivery", () => {
  const read = (headers: Record<string, string>) =>
    open().webhooks.read({ headers: new Headers(headers), body: EMPTY });
  const whole = {
    "x-goog-channel-id": "c",
    "x-goog-channel-token": "t",
    "x-goog-resource-id": "r",
    "x-goog-resource-state": "exists",
  };

  it("that lacks a part, or says what nobody knows, is none", () => {
    expect(read(whole)).toEqual({ channelId: "c", token: "t", resourceId: "r", state: "changed" });
    for (const name of ["x-goog-channel-id", "x-goog-channel-token", "x-goog-resource-state"]) {
      expect(read({ ...whole, [name]: "" })).toBeUndefined();
    }
    expect(read({ ...whole, "x-goog-resource-state": "other" })).toBeUndefined();
    expect(read({})).toBeUndefined();
  });
});
