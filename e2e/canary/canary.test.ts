import {
  type ContainerSelection,
  errorTexts,
  inProcessQueue,
  type PairReport,
  reasonTexts,
  type SyncOptions,
  schema,
  tableNames,
} from "@syncer/core";
import type { FaultRule } from "@syncer/sandbox";
import { afterEach, describe, expect, it } from "vitest";
import { canaryHost } from "./support/canary-host.ts";
import { leakyStorage } from "./support/leaky-storage.ts";

type CanaryHost = Awaited<ReturnType<typeof canaryHost>>;

const open: CanaryHost[] = [];
async function newHost(...wrap: Parameters<typeof canaryHost>): Promise<CanaryHost> {
  const host = await canaryHost(...wrap);
  open.push(host);
  await host.engine.migrate();
  return host;
}
afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

const HOUR_MS = 3_600_000;

/** What a failing service does, one after another. */
const faults: readonly FaultRule[] = [
  { service: "spotify", path: "/v1/me/tracks", fault: { type: "html" } },
  { service: "spotify", path: "/v1/me/tracks", fault: { type: "without-items" } },
  { service: "spotify", path: "/v1/me/tracks", fault: { type: "truncated-json" } },
  { service: "deezer", path: "/user/me/tracks", method: "GET", fault: { type: "error-object" } },
  { service: "deezer", path: "/user/me/tracks", method: "POST", fault: { type: "status", status: 500 } },
  { service: "deezer", path: "/user/me/tracks", method: "POST", fault: { type: "disconnect", applied: true } },
  { service: "deezer", path: "/track/**", times: 20, fault: { type: "status", status: 500 } },
  { service: "spotify", path: "/v1/me/tracks", fault: { type: "too-many", retryAfter: 7_200 } },
  { service: "spotify", path: "/v1/me/tracks", fault: { type: "status", status: 403, body: "Forbidden" } },
];

/** The titles of a library, one lot for each sync, so that each has something to resolve and to write. */
function libraryOf(host: CanaryHost): string[][] {
  const { originals } = host.sandbox.catalogue.spotify;
  const ids = originals.slice(0, 20 + 4 * faults.length).map(({ id }) => id);
  return [ids.slice(0, 20), ...faults.map((_, index) => ids.slice(20 + index * 4, 24 + index * 4))];
}

/** Connect, plan, sync, fail in every way, renew, explain, look at everything, disconnect. */
async function wholeLife(host: CanaryHost): Promise<void> {
  const { engine, sandbox, clock, note, listener } = host;
  const [first = [], ...lots] = libraryOf(host);
  host.plantLibrary(first);
  sandbox.control.deezer.seedFavourites(listener.deezerId, 5);
  const connections = [await host.signIn("spotify"), await host.signIn("deezer")];
  note("connections", connections);
  await engine.plan(host.request());
  // A report shows people what was synced, so its items hold content; what it says of failure must not.
  const noteReport = ({ error, pairId, status, counts, requests }: PairReport) =>
    note("report", { error, pairId, status, counts, requests });
  noteReport(await host.sync());
  for (const [index, rule] of faults.entries()) {
    host.plantLibrary(lots[index] ?? []);
    const planted = sandbox.control.fault(rule);
    noteReport(await host.sync());
    expect(planted.struck(), `fault ${index} strikes`).toBeGreaterThan(0);
    planted.remove();
    for (const pair of await engine.pairs.list({ userId: "user-1" })) {
      await engine.pairs.resume({ userId: "user-1", pairId: pair.id });
    }
    await clock.advance(3 * HOUR_MS);
    sandbox.control.spotify.expireAccessTokens();
  }
  noteReport(await host.sync({ propagation: "mirror" }));
  for (const id of first) {
    note("explain", await engine.explain({ connectionId: connections[0]?.id ?? "", externalId: id }));
  }
  const owner = { userId: "user-1" };
  const [pair] = await engine.pairs.list(owner);
  note("pairs", await engine.pairs.list(owner));
  note("schedule", await engine.schedules.set({ ...owner, pairId: pair?.id ?? "", everyMs: 60_000 }));
  for (const { id } of connections) note("limits", await engine.limits({ connectionId: id }));
  note("registry", engine.registry.list());
  note("connections", await engine.connections.list(owner));
  noteReport(await playlists(host, first));
  noteReport(await history(host, first));
  await workInTheBackground(host);
  await throwEverything(host);
  sandbox.control.spotify.revoke(listener.spotifyId);
  await clock.advance(2 * HOUR_MS);
  noteReport(await host.sync());
  note("renewed seals", await engine.reencrypt());
}

/** Playlists that are made, renamed, filled and put in order, with a call that is cut off between. */
async function playlists(host: CanaryHost, tracks: readonly string[]): Promise<PairReport> {
  const { engine, sandbox, clock, note } = host;
  const request = {
    userId: "user-1",
    pairs: [{ source: "spotify", target: "deezer", mode: "bidirectional" }],
    type: "playlists",
  } as const;
  const sync = async () => {
    await clock.advance(HOUR_MS);
    const [report] = (await engine.sync(request)).pairs;
    if (!report) throw new Error("a sync of one pair reports one pair");
    return report;
  };
  const planted = [host.plantPlaylist(tracks), host.plantPlaylist(tracks.slice(0, 3))];
  await engine.plan(request);
  await sync();
  for (const id of planted) sandbox.control.spotify.fillPlaylist(id, [...tracks].reverse());
  const cut = sandbox.control.fault({
    service: "deezer",
    method: "POST",
    path: "/playlist/*/tracks",
    fault: { type: "time-out", applied: false },
  });
  await sync();
  expect(cut.struck(), "a call is cut off").toBeGreaterThan(0);
  cut.remove();
  const report = await sync();
  expect(await host.storage.count({ table: "list_orders" })).toBeGreaterThan(0);
  note("pairs with playlists", await engine.pairs.list({ userId: "user-1" }));
  await typed(host, async (options) => void (await engine.sync({ ...request, options })));
  return report;
}

/** What people type into a pair: rules of names and prefixes, which change, rename, are refused, and are planned. */
async function typed(host: CanaryHost, sync: (options: SyncOptions) => Promise<void>): Promise<void> {
  const { engine, canaries, clock, note } = host;
  const prefixes = ["Copied for Marguerite: ", "Marguerite's own copy of "];
  const rules = ["Rainy Thursday", "Songs that Marguerite sings"];
  for (const value of [...prefixes.map((prefix) => prefix.trim()), ...rules]) canaries.push({ kind: "typed", value });
  const names = [{ startsWith: rules[0] ?? "" }, { equals: rules[1] ?? "" }];
  for (const target of prefixes) {
    await clock.advance(HOUR_MS);
    await sync({ select: { names, size: { max: 400 } }, prefix: { target } });
  }
  expect(host.sandbox.control.deezer.playlists(host.listener.deezerId).map(({ title }) => title)).toContainEqual(
    expect.stringContaining("Rainy Thursday"),
  );
  const [pair] = (await engine.pairs.list({ userId: "user-1" })).filter(({ type }) => type === "playlists");
  // The host is shown what was typed; nobody else is.
  expect(pair?.options).toMatchObject({ select: { names: names.toReversed() }, prefix: { target: prefixes[1] } });
  const rows = await host.storage.select({ table: "sync_pairs", where: { id: pair?.id ?? "" } });
  expect(rows[0]).toMatchObject({ selection_sealed: expect.any(String), prefix_sealed: expect.any(String) });
  const wrong = { names: [{ startsWith: rules[0], endsWith: rules[1] }] } as unknown as ContainerSelection;
  const tooLong = `${prefixes[0]}${"x".repeat(60)}`;
  const ref = { userId: "user-1", pairId: pair?.id ?? "" };
  for (const options of [
    { select: wrong },
    { prefix: { target: tooLong } },
    { prefix: { target: ` ${prefixes[0]}` } },
  ]) {
    note("error of what was typed", await engine.pairs.rescope(ref, { options }).catch((error: unknown) => error));
  }
  // What follows is about pairs without anything typed, which a note may show.
  await engine.pairs.rescope(ref, { options: { select: {} } });
  await clock.advance(HOUR_MS);
  await sync({ prefix: { target: "" } });
}

/** What was played, into a playlist of a name that a person typed, with a call that is cut off between. */
async function history(host: CanaryHost, tracks: readonly string[]): Promise<PairReport> {
  const { engine, sandbox, clock, note, canaries, listener } = host;
  const name = "Heard on the night train to Lisbon";
  canaries.push({ kind: "playlist", value: name });
  const sync = async (options = {}) => {
    await clock.advance(HOUR_MS);
    const pairs = [{ source: "spotify", target: "deezer", mode: "sync-from" }] as const;
    const [report] = (await engine.sync({ userId: "user-1", pairs, type: "recently_played", options })).pairs;
    if (!report) throw new Error("a sync of one pair reports one pair");
    return report;
  };
  sandbox.control.spotify.seedHistory(listener.spotifyId, tracks.slice(0, 10));
  const cut = sandbox.control.fault({
    service: "deezer",
    method: "POST",
    path: "/playlist/*/tracks",
    fault: { type: "time-out", applied: true },
  });
  await sync({ history: { name, length: 8 } });
  expect(cut.struck(), "a call is cut off").toBeGreaterThan(0);
  cut.remove();
  expect((await sync()).status).toBe("succeeded");
  sandbox.control.spotify.seedHistory(listener.spotifyId, tracks.slice(10, 14));
  const report = await sync();
  expect(report.counts.removed).toBeGreaterThan(0);
  const made = sandbox.control.deezer.playlists(listener.deezerId).find(({ title }) => title === name);
  expect(made).toMatchObject({ public: false });
  const [pair] = (await engine.pairs.list({ userId: "user-1" })).filter(({ type }) => type === "recently_played");
  expect(pair?.options.history).toEqual({ name, length: 8 });
  note(
    "explained plays",
    await engine.explain({ connectionId: pair?.sourceConnectionId ?? "", externalId: tracks[0] ?? "" }),
  );
  sandbox.control.deezer.removePlaylist(made?.id ?? 0);
  sandbox.control.spotify.seedHistory(listener.spotifyId, tracks.slice(14, 16));
  expect((await sync()).status).toBe("failed");
  return report;
}

/** A worker that meets a bug which carries titles, sets its job aside, has it played again, and does it. */
async function workInTheBackground(host: CanaryHost): Promise<void> {
  const { note, sandbox, canaries, clock } = host;
  const messages: unknown[] = [];
  const queue = inProcessQueue({ clock });
  let isBuggy = true;
  const worker = host.worker({
    beforeApply: (plan) => {
      if (isBuggy) throw new TypeError(`cannot read ${JSON.stringify(plan.operations)}`);
      return true;
    },
    jobs: {
      queue: {
        wake: async (message, options) => {
          messages.push([message, options]);
          await queue.wake(message, options);
        },
        process: (handler, options) => queue.process(handler, options),
      },
    },
  });
  const told = (...types: readonly string[]) =>
    new Promise<void>((resolve) => {
      const off = worker.engine.on(({ type }) => {
        if (!types.includes(type)) return;
        off();
        resolve();
      });
    });
  host.plantLibrary(sandbox.catalogue.spotify.originals.slice(200, 204).map(({ id }) => id));
  const [dead] = await Promise.all([told("job.dead"), worker.engine.enqueue(host.request()), worker.engine.start()]);
  expect(dead).toBeUndefined();
  const [letter] = await worker.engine.jobs.deadLetters({});
  note("dead letter", letter);
  isBuggy = false;
  await Promise.all([
    told("run.finished"),
    worker.engine.jobs.replay({ userId: "user-1", jobId: letter?.id ?? "" }).then((job) => note("replayed job", job)),
  ]);
  note("jobs", await worker.engine.jobs.list({ userId: "user-1" }));
  note("messages", messages);
  note("what the worker said", [worker.events, worker.logs]);
  expect(messages.length).toBeGreaterThan(5);
  expect(worker.logs.map(({ event }) => event)).toContain("job.crashed");
  expect(canaries.some(({ kind }) => kind === "title")).toBe(true);
  await worker.engine.stop();
}

/** Errors that have seen secrets. */
async function throwEverything({ engine, note, canaries, sandbox, listener }: CanaryHost): Promise<void> {
  const caught = async (what: string, call: () => Promise<unknown>) => {
    const error = await call().then(
      () => new Error(`${what} was expected to fail`),
      (thrown: unknown) => thrown,
    );
    note(`error of ${what}`, error);
  };
  const secret = (kind: string) => canaries.find((canary) => canary.kind === kind)?.value ?? "";
  await caught("a replayed state", () =>
    engine.connections.complete({ service: "spotify", code: secret("code"), state: secret("state") }),
  );
  for (const fault of [{ type: "invalid-grant" }, { type: "html", status: 500 }, { type: "truncated-json" }] as const) {
    const { state } = await engine.connections.begin({
      userId: "user-1",
      service: "spotify",
      redirectUrl: "http://127.0.0.1:8080/callback",
    });
    canaries.push({ kind: "state", value: state });
    const planted = sandbox.control.fault({ service: "spotify", path: "/api/token", times: 9, fault });
    await caught("a failing token endpoint", () =>
      engine.connections.complete({ service: "spotify", code: "AQB-a-code-of-canaries-0001", state }),
    );
    planted.remove();
  }
  canaries.push({ kind: "code", value: "AQB-a-code-of-canaries-0001" });
  sandbox.control.deezer.swapAccount(listener.deezerId, 4_000_000_002);
  await caught("a health check", async () => {
    throw await engine.checkHealth("deezer").then((health) => new Error(JSON.stringify(health)));
  });
  sandbox.control.deezer.swapAccount(4_000_000_002, listener.deezerId);
}

describe("P1, CRY-4, L10, L13: canaries in titles, names, ids and tokens", () => {
  it("appear in no table, file, log, event or error, in no form", { timeout: 120_000 }, async () => {
    const host = await newHost();
    await wholeLife(host);
    const kinds = new Set(host.canaries.map(({ kind }) => kind));
    for (const kind of [
      "title",
      "artist",
      "album",
      "playlist",
      "email",
      "access_token",
      "refresh_token",
      "code_verifier",
      "state",
    ]) {
      expect(kinds, "something to look for").toContain(kind);
    }
    expect(host.logs.length).toBeGreaterThan(50);
    expect(host.events.length).toBeGreaterThan(50);
    expect(await host.storage.count({ table: "links" })).toBeGreaterThan(20);
    expect(await host.leaks()).toEqual([]);
  });

  it("would be found: in a table, a file, a log, an event, an error", { timeout: 120_000 }, async () => {
    let title = "not known yet";
    const host = await newHost((inner) => leakyStorage(inner, () => Buffer.from(title).toString("base64")));
    const [first = []] = libraryOf(host);
    host.plantLibrary(first);
    title = host.canaries.find((canary) => canary.kind === "title" && canary.value.length > 12)?.value ?? title;
    await host.signIn("spotify");
    await host.signIn("deezer");
    await host.sync();
    host.logs.push({ level: "debug", event: "http.request", atMs: 0, route: `/search?q=${encodeURIComponent(title)}` });
    host.note("error", new Error("no hit", { cause: new Error(`for ${title}`) }));
    const found = new Set((await host.leaks()).filter(({ value }) => value === title).map(({ where }) => where));
    expect([...found]).toEqual(expect.arrayContaining(["table sync_logs", "log events", "error"]));
    expect([...found].some((where) => where.startsWith("file "))).toBe(true);
  });
});

const AUDIT_ACTS = /^(connection\.[a-z-]+|keys\.re-encrypted)$/;
const codes = new Set<string>([
  ...Object.keys(errorTexts),
  ...Object.keys(reasonTexts),
  ...["grant-refused", "grant-expired", "token-expired", "token-refused", "service-demands"],
  ...["rate-limited", "quota", "outage", "unavailable"],
  ...["added", "updated", "removed", "linked", "refused", "left", "uncertain", "notFound", "unsyncable"].map(
    (n) => `items.${n}`,
  ),
]);
/** Of what several processes share: a service and a client id, which no tenant's key can be for. */
const sharedHash = /^[0-9a-f]{64}$/;
const words = /^(spotify|deezer|favorites|bearer|tracks|[a-z_-]+)?$/;
const timeZones = new Set(Intl.supportedValuesOf("timeZone"));
/** What values of each class of text look like. Anything else in a text column would be content. */
const looks: Readonly<Record<string, (value: string) => boolean>> = {
  id: (value) =>
    /^(default|maintenance|user-1|((pair|collection):)?[a-z]+_[A-Za-z0-9_-]{16,80}(:[a-z_]+)?)$/.test(value),
  // Also the name of a container's link within its pair, with the generation; of what was played, with its time.
  "catalogue-id": (value) =>
    /^((\d{1,6} )?((source|target):)?([A-Za-z0-9]{22}|\d{1,12}|1\.[\w-]{43})(@\d{13})?)?$/.test(value) ||
    /^(source|target):list$/.test(value),
  "catalogue-ids": (value) =>
    JSON.parse(value).every((key: unknown) =>
      /^((source|target):|#)?([A-Za-z0-9]{22}|\d{1,12}|1\.[\w-]{43})$/.test(String(key)),
    ),
  name: (value) => value.split(" ").every((word) => words.test(word)) || timeZones.has(value),
  cron: (value) => /^[\d*,/#+A-Z-]+( [\d*,/#+A-Z-]+){4}$/.test(value),
  numbers: (value) => /^\[(\d+(,\d+)*)?\]$/.test(value),
  code: (value) => codes.has(value) || AUDIT_ACTS.test(value),
  hash: (value) => /^(\d\.)?[A-Za-z0-9_-]{43}$/.test(value) || sharedHash.test(value),
  "field-hashes": (value) => /^\d+:([a-z]\w*=([\w-]{16}|\[([\w-]{16}(,[\w-]{16})*)?\])(;(?!$)|$))*$/i.test(value),
  ciphertext: (value) => /^v1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{38,}$/.test(value),
};

describe("the schema", () => {
  it("has for each text column a class that content does not fit, and only such values in it", async () => {
    const host = await newHost();
    await wholeLife(host);
    const strange: string[] = [];
    let looked = 0;
    for (const table of tableNames) {
      const rows = await host.storage.select({ table });
      for (const [name, column] of Object.entries(schema[table].columns)) {
        for (const value of rows.map((row) => row[name as keyof typeof row] as unknown)) {
          if (typeof value !== "string") continue;
          looked++;
          const fits = column.class === "enum" ? column.values?.includes(value) : looks[column.class]?.(value);
          if (!fits) strange.push(`${table}.${name} (${column.class}): ${value}`);
        }
      }
    }
    expect([...new Set(strange)]).toEqual([]);
    expect(looked).toBeGreaterThan(1_000);
  }, 120_000);

  it("has no class of column for free text", () => {
    const classes = new Set(
      tableNames.flatMap((table) => Object.values(schema[table].columns).map((column) => column.class)),
    );
    const numbers = ["time", "count", "flag", "ratio"];
    expect([...classes].filter((name) => !numbers.includes(name)).sort()).toEqual(
      [...Object.keys(looks), "enum"].sort(),
    );
  });
});
