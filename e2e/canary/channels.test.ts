import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { memoryStorage, OutcomeUnknownError, schema, tableNames } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { idOfBook } from "../../packages/core/test/engine/held/notebooks.ts";
import { DAY_MS } from "../../packages/core/test/engine/webhooks/bell.ts";
import { ADDRESS, ANN, BellBench } from "../../packages/core/test/engine/webhooks/bell-bench.ts";
import { type Canary, Scanner } from "./support/scanner.ts";

const FORGED = "kanarienvogel-in-a-forged-delivery";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function newBench(kind: "memory" | "sqlite") {
  if (kind === "memory") return { bench: new BellBench(memoryStorage()), folder: undefined };
  const folder = await mkdtemp(join(tmpdir(), "syncer-canary-channels-"));
  const storage = sqlite(join(folder, "syncer.db"));
  opened.push(async () => {
    await storage.close();
    await rm(folder, { recursive: true });
  });
  await storage.migrate();
  return { bench: new BellBench(storage), folder };
}

/** Everything that can happen to channels. @returns what was told and thrown meanwhile */
async function wholeLife(bench: BellBench): Promise<readonly string[]> {
  const said: string[] = [];
  const hear = async (work: Promise<unknown>) => {
    const what = await work.catch((error: unknown) => error);
    said.push(inspect(what, { depth: 12, showHidden: true, maxStringLength: null }), String(JSON.stringify(what)));
  };
  const { bell } = bench;
  const { id: pairId } = await bench.watched();
  const { webhooks } = bench.engine();
  const request = { ...ANN, pairId, address: ADDRESS };
  const target = { ...ANN, connectionId: await bench.connectionId(), type: "notes", container: idOfBook("home") };
  bell.failing = () => bell.refusal();
  await hear(webhooks.open({ ...target, address: ADDRESS }));
  bell.failing = (_call, moment) => (moment === "after" ? new OutcomeUnknownError("left", "/watch") : undefined);
  await hear(webhooks.open({ ...target, address: ADDRESS }));
  bell.failing = () => undefined;
  await hear(webhooks.open({ ...request, address: `http://${FORGED}.example/` }));
  for (const channel of [...bell.channels.values()]) {
    await hear(webhooks.receive(bell.ring(channel)));
    await hear(webhooks.receive(bell.ring(channel, { state: "gone" })));
    await hear(webhooks.receive(bell.ring(channel, { token: FORGED, resourceId: FORGED })));
    await hear(webhooks.receive(bell.ring(channel, { channelId: FORGED, state: FORGED as never })));
  }
  await hear(webhooks.receive({ service: "left", headers: {}, body: new TextEncoder().encode(`{${FORGED}`) }));
  await hear(webhooks.renewDue());
  await bench.clock.advance(6 * DAY_MS);
  bell.failing = (call) => (call === "stop" ? new TypeError(`a bug that shows ${ADDRESS}`) : undefined);
  await hear(webhooks.renewDue());
  await hear(webhooks.stop(request));
  await hear(webhooks.open(request));
  await hear(webhooks.list(ANN));
  await hear(bench.jobs());
  return said;
}

describe.each(["memory", "sqlite"] as const)("P1, L10: secrets and addresses of watch channels, over %s", (kind) => {
  it("appear in no table, file, log or error, in no form", async () => {
    const { bench, folder } = await newBench(kind);
    const said = await wholeLife(bench);
    const channels = [...bench.bell.channels.values()];
    expect(channels.length).toBeGreaterThanOrEqual(4);
    const canaries: Canary[] = [
      ...channels.map(({ token }) => ({ kind: "token", value: token })),
      ...channels.map(({ resourceId }) => ({ kind: "resource id", value: resourceId })),
      { kind: "address", value: ADDRESS },
      { kind: "host", value: new URL(ADDRESS).hostname },
      { kind: "container", value: idOfBook("work") },
      { kind: "container", value: idOfBook("home") },
      { kind: "forged", value: FORGED },
    ];
    const scanner = new Scanner(canaries);
    const places: (readonly [string, string | Uint8Array])[] = said.map((text) => ["said", text] as const);
    places.push(["log", JSON.stringify(bench.logs)]);
    for (const table of tableNames) {
      places.push([`table ${table}`, JSON.stringify(await bench.storage.select({ table }))]);
    }
    for (const file of folder === undefined ? [] : await readdir(folder)) {
      places.push([`file ${file}`, await readFile(join(folder ?? "", file))]);
    }
    expect((await bench.rows()).length).toBeGreaterThan(0);
    expect(bench.logs.map(({ event }) => event)).toEqual(expect.arrayContaining(["channel.failed", "webhook.refused"]));
    expect(places.flatMap(([where, hay]) => scanner.find(where, hay))).toEqual([]);
  });

  it("leave in text columns nothing but what their classes allow", async () => {
    const { bench } = await newBench(kind);
    await wholeLife(bench);
    const forms: Readonly<Record<string, RegExp>> = {
      id: /^(default|ann|(chan|con|conn)_[\w-]{20})$/,
      "catalogue-id": /^(1\.[\w-]{43})?$/,
      name: /^(left|notes)$/,
      code: /^[a-z]+(\.[a-z-]+)?$/,
      hash: /^1\.[\w-]{43}$/,
      ciphertext: /^v1\.[\w-]{1,32}\.[\w-]{38,}$/,
      enum: /^(opening|open|stopping)$/,
    };
    let looked = 0;
    for (const row of await bench.rows()) {
      for (const [name, column] of Object.entries(schema.watch_channels.columns)) {
        const value: unknown = row[name as keyof typeof row];
        if (typeof value !== "string") continue;
        expect(value, name).toMatch(forms[column.class] ?? /^$/);
        looked++;
      }
    }
    expect(looked).toBeGreaterThan(20);
  });
});
