import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { WatchRequest, WebhookCapability, WebhookDelivery } from "@syncer/core";
import express from "express";
import { describe, expect, it } from "vitest";
import { nodeHandler } from "../src/node.ts";
import { createLab, type Lab } from "./support/lab.ts";

const KEY = randomBytes(32);
const SECRET = `whsec_${KEY.toString("base64")}`;
const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };

function signed(body: string, { id = "msg_1", key = KEY } = {}) {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    ...{ "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
  };
}

const ABOUT_ANNA = JSON.stringify({ type: "library.changed", data: { user_id: "anna" } });

async function opened(): Promise<Lab> {
  const lab = await createLab({}, { webhooks: { secrets: { spotify: SECRET } } });
  await lab.connected();
  await lab.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } });
  return lab;
}

/** A service calls: nobody is signed in. */
const ring = (
  lab: Lab,
  body: string,
  headers: Readonly<Record<string, string>> = signed(body),
  path = "/webhooks/spotify",
) => lab.call("POST", path, { as: undefined, body, headers });

const jobs = async (lab: Lab) => (await lab.call("GET", "/api/jobs")).json.jobs;

describe("a webhook", () => {
  it("that is signed queues a run of the pairs it is about, once", async () => {
    const lab = await opened();
    const answer = await ring(lab, ABOUT_ANNA);
    expect([answer.status, answer.text]).toEqual([202, ""]);
    expect(await jobs(lab)).toMatchObject([{ status: "queued", trigger: "webhook", lane: "automatic" }]);
    expect((await ring(lab, ABOUT_ANNA)).status).toBe(202);
    expect(await jobs(lab)).toHaveLength(1);
  });

  it("is taken whatever a browser would say of where it comes from, and never by a session", async () => {
    const lab = await opened();
    const headers = { ...signed(ABOUT_ANNA), "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" };
    expect((await ring(lab, ABOUT_ANNA, headers)).status).toBe(202);
    const unsigned = await lab.call("POST", "/webhooks/spotify", { json: { data: { user_id: "anna" } } });
    expect(unsigned.status).toBe(400);
  });

  it.each([
    ["forged", 401, "webhook.not-verified", ABOUT_ANNA, signed(ABOUT_ANNA, { key: randomBytes(32) })],
    ["of another body", 401, "webhook.not-verified", '{"data":{"user_id":"ben"}}', signed(ABOUT_ANNA)],
    ["without its data", 400, "webhook.not-understood", "{}", signed("{}")],
    ["no JSON", 400, "webhook.not-understood", "x", signed("x")],
    ["not signed", 400, "webhook.not-understood", ABOUT_ANNA, { "content-type": "application/json" }],
    ["of another type", 415, "http.media-type", ABOUT_ANNA, { ...signed(ABOUT_ANNA), "content-type": "text/plain" }],
    ["too long", 413, "http.too-long", "x".repeat(262_145), signed("x")],
  ])("%s is answered by %i", async (_, status, code, body, headers) => {
    const lab = await opened();
    expect(await ring(lab, body, headers)).toMatchObject({ status, json: { code } });
    expect(await jobs(lab)).toEqual([]);
    expect(lab.unexpected).toEqual([]);
  });

  it("for a service that there is not is 404, by another method 405, and nowhere where it is switched off", async () => {
    const lab = await opened();
    expect((await ring(lab, ABOUT_ANNA, signed(ABOUT_ANNA), "/webhooks/tidal")).status).toBe(404);
    expect((await ring(lab, ABOUT_ANNA, signed(ABOUT_ANNA), "/webhooks/spotify/more")).status).toBe(404);
    expect((await lab.call("GET", "/webhooks/spotify", { as: undefined })).status).toBe(405);
    const off = await createLab({ webhooksPath: false }, { webhooks: { secrets: { spotify: SECRET } } });
    expect((await ring(off, ABOUT_ANNA)).status).toBe(401);
    const moved = await createLab({ webhooksPath: "/in" }, { webhooks: { secrets: { spotify: SECRET } } });
    expect((await ring(moved, ABOUT_ANNA, signed(ABOUT_ANNA), "/in/spotify")).status).toBe(202);
  });

  it.each([
    ["as they came", 202, false],
    ["behind a parser not, and says so", 400, true],
  ])("is read byte for byte in Express: %s", async (_, status, isBehind) => {
    const lab = await opened();
    const app = express();
    if (isBehind) app.use(express.json());
    const server = createServer(app.use(nodeHandler(lab.handler)));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/spotify`;
    // Written otherwise than a parser would write it again.
    const body = `{ "data" : {"user_id":"anna"} }`;
    const answer = await fetch(url, { method: "POST", body, headers: signed(body) });
    expect(answer.status).toBe(status);
    if (isBehind) expect(await answer.json()).toMatchObject({ code: "http.body-parsed" });
    await new Promise((closed) => server.close(closed));
  });
});

/** What the service was asked to watch. */
const asked: WatchRequest[] = [];

/** Microsoft Graph's form: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks */
const graph: WebhookCapability = {
  maxTtlMs: 3 * 86_400_000,
  async watch(_session, request) {
    asked.push(request);
    return { resourceId: "subscription", expiresAtMs: Date.now() + request.ttlMs };
  },
  stop: () => Promise.reject(new Error("nothing is watched here")),
  handshake: ({ searchParams }) => searchParams.get("validationToken") ?? undefined,
  read({ body }: WebhookDelivery) {
    const { value } = JSON.parse(new TextDecoder().decode(body)) as {
      readonly value: readonly { readonly subscriptionId: string; readonly clientState: string }[];
    };
    return value.map(({ subscriptionId: channelId, clientState: token }) => ({ channelId, token, state: "changed" }));
  },
};

describe("a service that calls in Microsoft Graph's form", () => {
  const ask = (lab: Lab, token: string, service = "spotify") =>
    lab.call("POST", `/webhooks/${service}?validationToken=${encodeURIComponent(token)}`, { as: undefined });

  it("is answered its token before it opens a channel, as text that nothing takes for more", async () => {
    const lab = await createLab({}, { spotifyCalls: graph });
    const token = "Validation: Testing client application <script>";
    const answer = await ask(lab, token);
    expect([answer.status, answer.text]).toEqual([200, token]);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    for (const wrong of ["", "line\nbreak", "x".repeat(2_001), "ü"]) expect((await ask(lab, wrong)).status).toBe(400);
    expect((await ask(lab, token, "deezer")).status, "which does not ask so").toBe(400);
  });

  it("wakes the pair of its channel when it shows the right clientState, and only then", async () => {
    const lab = await createLab({}, { spotifyCalls: graph });
    await lab.connected();
    await lab.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } });
    const { id: pairId } = (await lab.engine.pairs.list({ userId: "anna" }))[0] ?? { id: "" };
    await lab.engine.webhooks.open({ userId: "anna", pairId, address: "https://app.example/webhooks/spotify" });
    const [{ channelId, token }] = asked as [WatchRequest];
    const told = (clientState: string) => ({
      value: [{ subscriptionId: channelId, clientState, changeType: "updated" }],
    });
    const value = told("guessed").value;
    const forged = await lab.call("POST", "/webhooks/spotify", { as: undefined, json: { value } });
    expect(forged).toMatchObject({ status: 401, json: { code: "webhook.not-verified" } });
    expect(await jobs(lab)).toEqual([]);
    expect((await lab.call("POST", "/webhooks/spotify", { as: undefined, json: told(token) })).status).toBe(202);
    expect(await jobs(lab)).toMatchObject([{ trigger: "webhook", pair_id: pairId }]);
  });
});
