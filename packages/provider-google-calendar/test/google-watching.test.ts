import { createSyncEngine, keyring, memoryStorage, type WebhookReceipt } from "@syncer/core";
import { createSandbox, GOOGLE_APP, signIn } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { googleCalendar } from "../src/index.ts";
import { ANNA, BEN } from "./support/google-harness.ts";

const USER = { userId: "user-1" } as const;
const ADDRESS = "https://app.example/webhooks/google-calendar";
const DAY_MS = 86_400_000;

/** Two calendars at Google that call the host's address, which hands what comes in to an engine. */
async function watchedHost() {
  const clock = fastForwardClock();
  const receipts: WebhookReceipt[] = [];
  const sandbox = createSandbox({
    clock,
    notificationFetch: async (request) => {
      const body = new Uint8Array(await request.arrayBuffer());
      const receipt = await engine.webhooks.receive({ service: "google-calendar", headers: request.headers, body });
      receipts.push(receipt);
      return new Response(null, { status: receipt.accepted ? 204 : 401 });
    },
  });
  const engine = createSyncEngine({
    providers: [googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret })],
    storage: memoryStorage(),
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
    fetch: (input, init) => clock.hold(sandbox.fetch(input, init)),
    clock,
  });
  const ids: string[] = [];
  for (const user of [ANNA, BEN]) {
    const redirectUrl = "https://app.example/callback";
    const { url } = await engine.connections.begin({ ...USER, service: "google-calendar", redirectUrl });
    const { searchParams } = await signIn({ fetch: sandbox.fetch, url, user });
    const [code, state] = [searchParams.get("code") ?? "", searchParams.get("state") ?? ""];
    ids.push((await engine.connections.complete({ service: "google-calendar", code, state })).connection.id);
  }
  const side = (at: 0 | 1) => ({ connectionId: ids[at] ?? "", container: [ANNA, BEN][at] ?? "" });
  const pair = { source: side(0), target: side(1), mode: "bidirectional" as const };
  const { id: pairId } = await engine.pairs.create({ ...USER, pair, type: "events" });
  const { google } = sandbox.control;
  const open = () => google.channels().filter((channel) => channel.open).length;
  const jobs = () => engine.jobs.list(USER);
  return { clock, sandbox, engine, google, receipts, pairId, ids, open, jobs };
}

describe("calendars at Google that call", () => {
  it("are watched on both sides, wake one run, and are let go of", async () => {
    const { engine, google, receipts, pairId, open, jobs } = await watchedHost();
    const channels = await engine.webhooks.open({ ...USER, pairId, address: ADDRESS });
    expect(channels.map(({ state }) => state)).toEqual(["open", "open"]);
    await google.notificationsSettled();
    expect(receipts).toEqual([1, 2].map(() => ({ accepted: true, pairIds: [] })));
    const times = { start: { dateTime: "2026-12-01T09:00:00Z" }, end: { dateTime: "2026-12-01T10:00:00Z" } };
    google.putEvent(ANNA, { ...times, summary: "Standup" });
    google.putEvent(BEN, { ...times, summary: "Retro" });
    await google.notificationsSettled();
    expect(receipts.slice(2).every((receipt) => receipt.accepted && receipt.pairIds[0] === pairId)).toBe(true);
    expect(receipts.length).toBeGreaterThanOrEqual(4);
    expect(await jobs()).toMatchObject([{ status: "queued", trigger: "webhook" }]);
    const report = await engine.syncPair({ ...USER, pairId });
    expect([report.status, report.counts.added]).toEqual(["succeeded", 2]);
    expect(await engine.webhooks.stop({ ...USER, pairId })).toEqual({ stopped: 2, left: 0 });
    expect(open()).toBe(0);
    expect(await engine.webhooks.list(USER)).toEqual([]);
  });

  it("are watched without a gap over months, and no longer than the account is connected", async () => {
    const { clock, engine, google, receipts, pairId, ids, open } = await watchedHost();
    await engine.webhooks.open({ ...USER, pairId, address: ADDRESS });
    for (let day = 0; day < 60; day++) {
      await clock.sleep(DAY_MS);
      await engine.webhooks.renewDue();
      expect([day, open()]).toEqual([day, 2]);
    }
    await google.notificationsSettled();
    expect(receipts.every(({ accepted }) => accepted)).toBe(true);
    await engine.connections.disconnect({ ...USER, connectionId: ids[0] ?? "" });
    expect(open()).toBe(1);
  });

  it("are not watched where Google does not take the address", async () => {
    const { engine, sandbox, pairId, open } = await watchedHost();
    sandbox.control.google.settings.unverifiedHosts = ["app.example"];
    const opening = engine.webhooks.open({ ...USER, pairId, address: ADDRESS });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^service\./) });
    const [connection] = await engine.connections.list(USER);
    expect([connection?.state, open(), await engine.webhooks.list(USER)]).toEqual(["active", 0, []]);
  });
});
