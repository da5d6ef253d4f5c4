import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSyncEngine, type ReceiveRequest } from "../../../src/index.ts";
import { ANN, BellBench } from "./bell-bench.ts";

const SECOND_MS = 1_000;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

interface Forged {
  readonly id?: string;
  readonly timestamp?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly signature?: string;
  readonly service?: string;
}

async function opened(secrets: Readonly<Record<string, string | readonly string[]>> = { left: SECRET }) {
  const bench = new BellBench();
  const { id: pairId } = await bench.watched();
  const engine = bench.engine({ webhooks: { secrets } });
  let count = 0;
  const delivery = (given: Forged = {}): ReceiveRequest => {
    const { id = `msg_${++count}`, body = JSON.stringify({ type: "changed", data: { user_id: ANN.userId } }) } = given;
    const { timestamp = String(Math.floor(bench.clock.now() / 1_000)), secret = SECRET, service = "left" } = given;
    const signed = given.signature ?? signature(secret, id, timestamp, body);
    const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signed };
    return { service, headers, body: new TextEncoder().encode(body) };
  };
  return { bench, engine, pairId, delivery };
}

const refused = (reason: string) => ({ accepted: false, reason });

describe("a signed delivery", () => {
  it("is signed as the specification says", () => {
    const signed = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}');
    expect(signed).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("I1: wakes the pairs whose runs carry over what has changed there: one run after the debounce", async () => {
    const { bench, engine, pairId, delivery } = await opened();
    bench.left.books.work.put({ title: "report" });
    expect(await engine.webhooks.receive(delivery())).toEqual({ accepted: true, pairIds: [pairId] });
    await engine.start();
    await bench.clock.advance(9 * SECOND_MS);
    expect(bench.right.books.home.notes().size).toBe(0);
    await bench.clock.advance(SECOND_MS);
    expect(bench.right.books.home.notes().size).toBe(1);
    expect(await bench.jobs()).toMatchObject([{ status: "succeeded", trigger: "webhook" }]);
    await engine.stop();
  });

  it("I2: is refused when it is forged, late, early or another one, and makes no job", async () => {
    const { bench, engine, delivery } = await opened({ left: SECRET, right: NEXT });
    const now = Math.floor(bench.clock.now() / 1_000);
    const genuine = delivery({ id: "genuine" });
    const of = (request: ReceiveRequest) => request.headers as Record<string, string>;
    const forged: ReceiveRequest[] = [
      delivery({ secret: NEXT }),
      delivery({ service: "right" }),
      delivery({ timestamp: String(now - 301) }),
      delivery({ timestamp: String(now + 301) }),
      delivery({ signature: of(genuine)["webhook-signature"] ?? "" }),
      delivery({ signature: (of(genuine)["webhook-signature"] ?? "").slice(0, -4) }),
      delivery({ signature: "v1," }),
      delivery({ signature: "v2,abc" }),
      delivery({ signature: "v1,%%%" }),
      { ...genuine, headers: { ...of(genuine), "webhook-id": "another" } },
      { ...genuine, headers: { ...of(genuine), "webhook-timestamp": String(now - 1) } },
      { ...genuine, body: new TextEncoder().encode('{"data":{"user_id":"ben"}}') },
      { ...genuine, body: new Uint8Array() },
    ];
    for (const request of forged) expect(await engine.webhooks.receive(request)).toEqual(refused("not-verified"));
    expect(await bench.jobs()).toEqual([]);
    expect((await engine.webhooks.receive(genuine)).accepted, "none of them has spoilt the genuine one").toBe(true);
    await engine.stop();
  });

  it.each([
    ["an id", { id: "with space" }],
    ["a time in figures", { timestamp: "now" }],
    ["JSON", { body: "{" }],
    ["data", { body: '{"type":"x"}' }],
    ["somebody whom it is about", { body: '{"data":{"account_id":"x"}}' }],
    ["UTF-8", { body: "\ud800" }],
  ])("is not understood without %s", async (_, given) => {
    const { engine, delivery } = await opened();
    expect(await engine.webhooks.receive(delivery(given))).toEqual(refused("not-understood"));
    await engine.stop();
  });

  it("I3: that comes twice is one run, and accepted both times; also in another process, and at the same moment", async () => {
    const { bench, engine, pairId, delivery } = await opened();
    const once = delivery();
    const receipts = await Promise.all(Array.from({ length: 5 }, () => engine.webhooks.receive(once)));
    expect(receipts.filter(({ accepted }) => accepted)).toHaveLength(5);
    expect(receipts.filter((receipt) => receipt.accepted && receipt.pairIds.includes(pairId))).toHaveLength(1);
    const other = bench.engine({ webhooks: { secrets: { left: SECRET } } });
    expect(await other.webhooks.receive(once)).toEqual({ accepted: true, pairIds: [], repeated: true });
    await engine.start();
    await bench.clock.advance(10 * SECOND_MS);
    expect(await engine.webhooks.receive(once)).toMatchObject({ repeated: true });
    await bench.clock.advance(60 * SECOND_MS);
    expect(await bench.jobs()).toHaveLength(1);
    await other.stop();
    await engine.stop();
  });

  it("counts when it could not be queued the first time", async () => {
    const { bench, engine, pairId, delivery } = await opened();
    const failing = bench.engine({
      webhooks: { secrets: { left: SECRET } },
      storage: {
        ...bench.storage,
        write: async (batch) => {
          if (batch.statements.some((one) => "insert" in one && one.insert === "sync_jobs")) throw new Error("away");
          return await bench.storage.write(batch);
        },
      },
    });
    const once = delivery();
    await expect(failing.webhooks.receive(once)).rejects.toThrow("away");
    expect(await engine.webhooks.receive(once)).toEqual({ accepted: true, pairIds: [pairId] });
  });

  it("I6: 10,000 within a second are at most two runs", async () => {
    const { bench, engine, delivery } = await opened();
    await engine.start();
    for (let count = 0; count < 10_000; count++) {
      if (count % 100 === 0) await bench.clock.advance(10);
      expect((await engine.webhooks.receive(delivery())).accepted).toBe(true);
    }
    await bench.clock.advance(60 * SECOND_MS);
    const jobs = await bench.jobs();
    expect(jobs.length).toBeLessThanOrEqual(2);
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => "succeeded"));
    await engine.stop();
  }, 60_000);

  it("is taken with the old and the new secret while one replaces the other, and with the old one no longer then", async () => {
    const { engine, bench, delivery } = await opened({ left: [NEXT, SECRET] });
    expect((await engine.webhooks.receive(delivery())).accepted).toBe(true);
    const both = {
      id: "two",
      timestamp: String(Math.floor(bench.clock.now() / 1_000)),
      body: '{"data":{"user_id":"ann"}}',
    };
    const signatures = [SECRET, NEXT].map((secret) => signature(secret, both.id, both.timestamp, both.body));
    expect((await engine.webhooks.receive(delivery({ ...both, signature: signatures.join(" ") }))).accepted).toBe(true);
    const later = bench.engine({ webhooks: { secrets: { left: NEXT } } });
    expect(await later.webhooks.receive(delivery())).toEqual(refused("not-verified"));
    await engine.stop();
  });

  it("wakes nobody of another user, tenant, type or service", async () => {
    const { engine, delivery } = await opened({ left: SECRET, right: SECRET });
    for (const data of [
      { user_id: "ben" },
      { user_id: "ann", tenant_id: "other" },
      { user_id: "ann", sync_type: "favorites" },
      { user_id: "ann", account_id: "somebody" },
      { user_id: "ann", container_id: "another" },
      { connection_id: "conn_unknown" },
    ]) {
      const receipt = await engine.webhooks.receive(delivery({ body: JSON.stringify({ data }) }));
      expect(receipt).toEqual({ accepted: true, pairIds: [] });
    }
    await engine.stop();
  });

  it("leaves nothing of its id behind but a hash, which goes", async () => {
    const { bench, engine, delivery } = await opened();
    await engine.webhooks.receive(delivery({ id: "anna@example.org" }));
    const rows = await bench.storage.select({ table: "deliveries" });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("anna");
    await bench.clock.advance(16 * 60 * SECOND_MS);
    await engine.maintenance.run();
    expect(await bench.storage.count({ table: "deliveries" })).toBe(0);
    await engine.stop();
  });
});

describe("secrets of signed deliveries", () => {
  it.each([
    ["whsec_short", { left: "whsec_c2hvcnQ=" }],
    ["no prefix", { left: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }],
    ["no secret", { left: [] }],
    ["too many", { left: Array(6).fill(SECRET) }],
    ["no text", { left: 7 }],
    ["an unknown service", { middle: SECRET }],
  ])("are refused with their place and never shown: %s", (_, secrets) => {
    const bench = new BellBench();
    const parts = { storage: bench.storage, providers: [bench.left.provider()] };
    try {
      createSyncEngine({ ...parts, encryption: { seal() {} } as never, webhooks: { secrets: secrets as never } });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "config.invalid" });
      const text = JSON.stringify(error) + String(error);
      expect(text).toContain("webhooks.secrets.");
      for (const secret of Object.values(secrets).flat()) {
        if (typeof secret === "string") expect(text).not.toContain(secret);
      }
    }
  });
});
