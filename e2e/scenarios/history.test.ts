import { signIn } from "@syncer/sandbox";
import { describe, expect, it, vi } from "vitest";
import { onlyAtSpotify } from "../support/agreeing.ts";
import { type Direction, historyScenario } from "../support/history.ts";
import { REDIRECT } from "../support/host.ts";
import { DAY, dump, HOUR, MINUTE } from "../support/scenario.ts";

vi.setConfig({ testTimeout: 60_000 });

const directions: readonly Direction[] = ["to-deezer", "to-spotify"];

describe.each(directions)("what was played, %s", (direction) => {
  it("goes newest first into a playlist that is made for it and that nobody else sees", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(12);
    await anna.play(played);
    const report = await anna.sync();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 13, removed: 0, refused: 0, left: 0 } });
    const source = direction === "to-deezer" ? "Spotify" : "Deezer";
    expect(anna.list()).toMatchObject({ name: `Recently played on ${source}`, public: false });
    expect(anna.shown()).toEqual(anna.ids(played).reverse());
  });

  it("costs one request when nothing was played since, and none on the other side", async () => {
    const anna = await historyScenario(direction);
    await anna.play(anna.recordings(5));
    await anna.sync();
    for (let run = 0; run < 3; run++) {
      expect(await anna.sync()).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
      expect(anna.requests()).toEqual({ [anna.from]: 1, [anna.to]: 0 });
    }
  });

  it("makes no playlist before the first play", async () => {
    const anna = await historyScenario(direction);
    expect(await anna.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect(anna.written.lists().filter(({ name }) => name.startsWith("Recently"))).toEqual([]);
    await anna.play(anna.recordings(1));
    await anna.sync();
    expect(anna.shown()).toHaveLength(1);
  });

  it("puts new plays in front, and looks up nothing that it knows", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(6);
    await anna.play(played.slice(0, 4));
    await anna.sync();
    await anna.play([...played.slice(4), ...played.slice(0, 1)]);
    expect(await anna.sync()).toMatchObject({ status: "succeeded", counts: { added: 3 } });
    const [a = "", b = "", c = "", d = "", e = "", f = ""] = anna.ids(played);
    // Deezer holds a track once; its latest play counts.
    expect(anna.shown()).toEqual(direction === "to-deezer" ? [a, f, e, d, c, b] : [a, f, e, d, c, b, a]);
    await anna.play([]);
    await anna.sync();
    expect(anna.requests()).toEqual({ [anna.from]: 1, [anna.to]: 0 });
  });

  it("finds the place of what comes late, once", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(5);
    await anna.play(played.slice(0, 4), 10 * MINUTE);
    await anna.sync();
    anna.playedAt(played.slice(4), anna.clock.now() - 16 * MINUTE);
    expect(await anna.sync()).toMatchObject({ counts: { added: 1, updated: 1 } });
    const [a, b, c, d, late] = anna.ids(played);
    expect(anna.shown()).toEqual([d, c, late, b, a]);
    expect(await anna.sync()).toMatchObject({ items: [] });
    expect(anna.shown()).toHaveLength(5);
  });

  it("keeps to the length: the oldest leave, what others put there does not count", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(9);
    const ids = anna.ids(played);
    await anna.play(played.slice(0, 5));
    const first = await anna.sync({ history: { length: 3 } });
    expect(first.counts.added).toBe(4);
    expect(anna.shown()).toEqual([ids[4], ids[3], ids[2]]);
    anna.fill([ids[4] ?? "", ids[8] ?? "", ids[3] ?? "", ids[2] ?? ""]);
    await anna.play(played.slice(5, 7));
    expect(await anna.sync()).toMatchObject({ status: "succeeded", counts: { added: 2, removed: 2 } });
    expect(anna.shown()).toEqual([ids[6], ids[5], ids[4], ids[8]]);
    await anna.play(played.slice(7, 8));
    await anna.sync({ history: { length: 5 } });
    expect(anna.shown()).toEqual([ids[7], ids[6], ids[5], ids[4], ids[8]]);
  });

  it("does not put back what its user took out, until it is played again, and leaves what the user moved", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(5);
    const [a = "", b = "", c = "", d = "", e = ""] = anna.ids(played);
    await anna.play(played.slice(0, 4));
    await anna.sync();
    expect(anna.shown()).toEqual([d, c, b, a]);
    await anna.clock.advance(MINUTE);
    anna.fill([a, d, b]);
    await anna.play(played.slice(4));
    expect((await anna.sync()).status).toBe("succeeded");
    expect(anna.shown()).toEqual([e, a, d, b]);
    await anna.play(played.slice(2, 3));
    await anna.sync();
    expect(anna.shown()).toEqual([c, e, a, d, b]);
  });

  it("makes no other playlist when its user deletes it, until the pair is resumed", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(6);
    await anna.play(played.slice(0, 3));
    await anna.sync();
    const { id } = anna.list();
    anna.written.remove(id);
    await anna.play(played.slice(3, 5));
    const report = await anna.sync();
    expect(report).toMatchObject({ status: "failed", error: { code: "service.not-found" } });
    const [pair] = await anna.engine.pairs.list({ userId: "user-1" });
    expect(pair).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
    expect(anna.events).toContainEqual(expect.objectContaining({ type: "pair.paused", reason: "pair.container-gone" }));
    expect(await anna.sync()).toMatchObject({ status: "failed", error: { code: "pair.paused" } });
    const lists = () => anna.written.lists().filter(({ name }) => name.startsWith("Recently"));
    expect(lists()).toEqual([]);
    await anna.engine.pairs.resume({ userId: "user-1", pairId: pair?.id ?? "" });
    expect((await anna.sync()).status).toBe("succeeded");
    expect(anna.list().id).not.toBe(id);
    expect(anna.shown()).toEqual(anna.ids(played.slice(0, 5)).reverse());
    anna.written.remove(anna.list().id);
    await anna.play(played.slice(5));
    expect(await anna.sync()).toMatchObject({ status: "failed" });
    expect(lists()).toEqual([]);
  });

  it("plans what it does, in number and kind, and a plan that nobody applies changes nothing", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(6);
    await anna.play(played.slice(0, 4));
    const tables = await dump(anna.storage);
    const plan = await anna.engine.plan(anna.request({ history: { name: "Recently played, mine", length: 50 } }));
    expect((await anna.engine.sync(anna.request({ dryRun: true }))).pairs[0]?.status).toBe("dry-run");
    expect(await dump(anna.storage)).toEqual(tables);
    expect(anna.sandbox.control.stats()[anna.to].byKind.write).toBe(0);
    const [planned] = plan.pairs;
    if (!planned?.ok) throw new Error("the plan was made");
    const kinds = planned.operations.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(["add", "add", "add", "add", "arrange", "create"]);
    expect(planned.operations.every(({ undo }) => undo === undefined || !undo.possible)).toBe(true);
    const [report] = (await anna.engine.apply(plan)).pairs;
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 5, updated: 1 } });
    expect(anna.list().name).toBe("Recently played, mine");
    expect(anna.shown()).toEqual(anna.ids(played.slice(0, 4)).reverse());
    const [pair] = await anna.engine.pairs.list({ userId: "user-1" });
    expect(pair?.options.history).toEqual({ name: "Recently played, mine", length: 50 });
    await anna.play(played.slice(4));
    const second = await anna.engine.plan(anna.request());
    anna.fill(anna.ids(played.slice(0, 1)));
    await anna.clock.advance(MINUTE);
    const [moved] = (await anna.engine.apply(second)).pairs;
    expect(moved?.status).toBe("partial");
    expect(anna.shown()).toEqual(anna.ids(played.slice(0, 1)));
  });

  it("says that what was played is not taken back", async () => {
    const anna = await historyScenario(direction);
    await anna.play(anna.recordings(2));
    const { jobId = "" } = await anna.sync();
    await expect(anna.engine.undo({ userId: "user-1", jobId })).resolves.toMatchObject({
      error: { code: "undo.of-plays" },
    });
    expect(anna.shown()).toHaveLength(2);
  });

  it.each(["before", "after"] as const)(
    "puts nothing there twice when an answer is lost %s the call took effect",
    async (moment) => {
      for (const call of ["make", "fill"] as const) {
        const anna = await historyScenario(direction);
        const played = anna.recordings(4);
        await anna.play(played);
        const path = { deezer: { make: "/user/me/playlists", fill: "/playlist/*/tracks" } };
        const spotify = { make: "/v1/me/playlists", fill: "/v1/playlists/*/items" };
        const rule = {
          service: anna.to,
          method: "POST",
          path: (anna.to === "deezer" ? path.deezer : spotify)[call],
          fault: { type: "time-out", applied: moment === "after" },
        } as const;
        const fault = anna.sandbox.control.fault(rule);
        const cut = await anna.sync();
        expect(fault.struck(), `${call} was cut`).toBeGreaterThan(0);
        fault.remove();
        expect(cut.status).toBe("partial");
        // Within the time in which a listing may lag, nothing is concluded.
        expect((await anna.engine.sync(anna.request())).pairs[0]?.counts.added ?? 0).toBeLessThanOrEqual(5);
        for (let run = 0; run < 3; run++) await anna.sync();
        expect(anna.shown(), call).toEqual(anna.ids(played).reverse());
        expect(anna.list().public).toBe(false);
        expect(await anna.sync()).toMatchObject({ status: "succeeded", items: [] });
      }
    },
  );

  it("goes on where it was when services refuse for a while", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(4);
    await anna.play(played);
    for (const fault of [
      { type: "status", status: 500 },
      { type: "too-many", retryAfter: 7_200 },
    ] as const) {
      const rule = anna.sandbox.control.fault({ service: anna.to, times: 8, fault });
      expect(["failed", "deferred", "partial"]).toContain((await anna.sync()).status);
      rule.remove();
      await anna.clock.advance(3 * HOUR);
    }
    expect((await anna.sync()).status).toBe("succeeded");
    expect(anna.shown()).toEqual(anna.ids(played).reverse());
  });

  it("needs of each side only what it is for, and names what is missing", async () => {
    const anna = await historyScenario(direction);
    await anna.play(anna.recordings(1));
    const connect = async (service: "spotify" | "deezer", types: readonly string[]) => {
      const redirectUrl = REDIRECT[service];
      const { id } = (await anna.engine.connections.list({ userId: "user-1", service }))[0] ?? { id: "" };
      await anna.engine.connections.disconnect({ userId: "user-1", connectionId: id });
      const { url } = await anna.engine.connections.begin({ userId: "user-1", service, redirectUrl, types });
      const user = service === "spotify" ? anna.anna.spotifyId : anna.anna.deezerId;
      const callbackUrl = await signIn({ fetch: anna.sandbox.fetch, url, user });
      await anna.engine.connections.complete({ service, callbackUrl });
    };
    await connect(anna.to, ["playlists"]);
    expect((await anna.sync()).status).toBe("succeeded");
    await connect(anna.to, ["recently_played"]);
    expect((await anna.sync()).status).toBe("succeeded");
    await connect(anna.to, ["favorites"]);
    // Deezer asks the same of favourites as of playlists.
    if (anna.to === "spotify") {
      const { error } = await anna.sync();
      expect(error).toMatchObject({ code: "auth.scope-missing" });
      expect(error?.message).toContain("playlist-modify-private");
    }
    await connect(anna.to, ["playlists"]);
    await connect(anna.from, ["favorites"]);
    const history = anna.from === "spotify" ? "user-read-recently-played" : "listening_history";
    expect((await anna.sync()).error?.message).toContain(history);
  });

  it("is not misled by services that show for a while what was before", async () => {
    const anna = await historyScenario(direction);
    for (const service of ["spotify", "deezer"] as const) {
      anna.sandbox.control[service].settings.staleReadsMs = 5_000;
    }
    const played = anna.recordings(8);
    const ids = anna.ids(played);
    await anna.play(played.slice(0, 4));
    await anna.sync();
    for (const each of played.slice(4)) {
      await anna.play([each], 1_000);
      // At once, and after the service shows it.
      for (let run = 0; run < 2; run++) await anna.engine.sync(anna.request());
      await anna.sync();
    }
    expect(anna.shown()).toEqual([...ids].reverse());
    const suppressed = await anna.storage.count({ table: "links", where: { state: "suppressed" } });
    const detached = await anna.storage.count({ table: "links", where: { state: "detached" } });
    expect([suppressed, detached]).toEqual([0, 0]);
  });

  it("forgets what was played long ago, and takes none of it again", async () => {
    const anna = await historyScenario(direction);
    const played = anna.recordings(6);
    await anna.play(played.slice(0, 4));
    await anna.sync({ history: { length: 2 } });
    await anna.clock.advance(40 * DAY);
    await anna.engine.maintenance.run();
    await anna.play(played.slice(4));
    await anna.sync();
    await anna.clock.advance(100 * DAY);
    await anna.engine.maintenance.run({ tombstonesMs: 0 });
    await anna.sync();
    expect(anna.shown()).toEqual(anna.ids(played.slice(4)).reverse());
    const links = await anna.storage.select({ table: "links", where: { state: { in: ["linked", "suppressed"] } } });
    expect(links).toHaveLength(3);
  });
});

it("tells once what has no counterpart, and looks for it again a day later, as long as it is shown", async () => {
  const anna = await historyScenario("to-deezer");
  const [missing = ""] = onlyAtSpotify(anna.sandbox, 1);
  const [known] = anna.recordings(1);
  if (!known) throw new Error("one recording");
  await anna.play([{ spotify: missing, deezer: "" }, known]);
  expect(await anna.sync()).toMatchObject({ counts: { added: 2, notFound: 1 }, unmatched: [{ itemId: missing }] });
  expect(await anna.sync()).toMatchObject({ unmatched: [] });
  await anna.play([{ spotify: missing, deezer: "" }]);
  expect(await anna.sync()).toMatchObject({ unmatched: [] });
  expect(anna.requests()).toMatchObject({ deezer: 0 });
  await anna.clock.advance(DAY);
  expect(await anna.sync()).toMatchObject({ unmatched: [{ itemId: missing, attempts: 2 }] });
});

it("is told among what both services can do, one way in either direction", async () => {
  const anna = await historyScenario();
  const modes = anna.engine.registry
    .supportedPairs()
    .map(({ source, target, types }) => [source, target, types.find(({ type }) => type === "recently_played")?.modes]);
  expect(modes).toEqual([
    ["spotify", "deezer", ["sync-from", "sync-to"]],
    ["deezer", "spotify", ["sync-from", "sync-to"]],
  ]);
});

it("leaves the playlist of one direction alone when the pair turns round", async () => {
  const anna = await historyScenario("to-deezer");
  const [first, second, third] = anna.recordings(3);
  if (!first || !second || !third) throw new Error("three recordings");
  await anna.play([first]);
  await anna.sync();
  anna.sandbox.control.deezer.seedHistory(anna.anna.deezerId, [second.deezer]);
  const turned = {
    userId: "user-1",
    pairs: [{ source: "spotify", target: "deezer", mode: "sync-to" }],
    type: "recently_played",
  } as const;
  expect((await anna.engine.sync(turned)).pairs[0]).toMatchObject({ status: "succeeded", counts: { added: 2 } });
  const made = anna.sandbox.control.spotify.playlists(anna.anna.spotifyId);
  expect(made.map(({ name }) => name)).toEqual(["Recently played on Deezer"]);
  expect(anna.sandbox.control.spotify.playlistUris(made[0]?.id ?? "")).toEqual([`spotify:track:${second.spotify}`]);
  expect(anna.shown()).toEqual([first.deezer]);
  await anna.play([third]);
  expect((await anna.sync()).status).toBe("succeeded");
  expect(anna.shown()).toEqual([third.deezer, first.deezer]);
});

it("is kept by a worker in the background, too", async () => {
  const anna = await historyScenario("to-deezer");
  const played = anna.recordings(4);
  await anna.play(played);
  const finished = new Promise<void>((resolve) => {
    anna.engine.on(({ type }) => {
      if (type === "run.finished") resolve();
    });
  });
  await anna.engine.enqueue(anna.request());
  await Promise.all([finished, anna.engine.start()]);
  expect(anna.shown()).toEqual(anna.ids(played).reverse());
  await anna.engine.stop();
});
