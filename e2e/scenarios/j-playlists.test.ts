import { describe, expect, it } from "vitest";
import { playlistScenario } from "../support/playlists.ts";

const patient = { timeout: 120_000 } as const;

/** One playlist of so many recordings, made at Spotify, copied to Deezer, and quiet. */
async function inStep(count: number) {
  const s = await playlistScenario();
  const some = s.recordings(count);
  const spotifyId = s.spotify.put("Sunday", s.ids("spotify", some));
  expect(await s.sync()).toMatchObject({ status: "succeeded", counts: { refused: 0, left: 0 } });
  const { id } = s.named("deezer", "Sunday");
  const deezerId = Number(id);
  // What was written is read once more.
  await s.sync();
  return { s, some, spotifyId, deezerId };
}

function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const [one] = list.slice(from, from + 1);
  return one === undefined ? [...list] : list.toSpliced(from, 1).toSpliced(to, 0, one);
}

describe("J. Ordered collections (playlists), Spotify and Deezer", patient, () => {
  it("copies a private playlist with its tracks in order, and keeps it private", async () => {
    const { s, some, deezerId } = await inStep(120);
    expect(s.deezer.shown(deezerId)).toEqual(s.ids("deezer", some));
    expect(s.named("deezer", "Sunday")).toMatchObject({ public: false });
    // One creation, one to hide it, three of up to 50 tracks.
    expect(s.writes("deezer")).toBe(5);
    expect(s.writes("spotify")).toBe(0);
    // What is shown to everybody is so on the other side too.
    s.sandbox.control.spotify.seedPlaylist(s.anna.spotifyId, { name: "Monday", public: true, entries: [] });
    await s.sync();
    expect(s.named("deezer", "Monday")).toMatchObject({ public: true });
  });

  it("is quiet with one look at each side's playlists, however snapshots lag", async () => {
    const s = await playlistScenario();
    Object.assign(s.sandbox.control.spotify.settings, { snapshotLagMs: 30_000, snapshotDetour: true });
    s.spotify.put("Sunday", s.ids("spotify", s.recordings(30)));
    await s.sync();
    await s.sync();
    const report = await s.sync();
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    expect(report.requests).toEqual({ source: { identity: 1, read: 1 }, target: { read: 1 } });
  });

  it("takes over what users do at either side: names, tracks, their order", async () => {
    const { s, some, spotifyId, deezerId } = await inStep(4);
    const [a, b, c, d] = some;
    const [, , , , e] = s.recordings(5);
    if (!a || !b || !c || !d || !e) throw new Error("the catalogue is too small");
    const { spotify, deezer } = s.sandbox.control;
    spotify.fillPlaylist(spotifyId, s.ids("spotify", [d, a, c]));
    deezer.fillPlaylist(deezerId, s.ids("deezer", [...some, e]));
    deezer.changePlaylist(deezerId, { title: "Monday" });
    expect(await s.sync()).toMatchObject({ status: "succeeded" });
    expect(s.playlists("spotify").map(({ name }) => name)).toEqual(["Monday"]);
    // What is new stands behind what it stood behind.
    expect(s.spotify.shown(spotifyId)).toEqual(s.ids("spotify", [d, e, a, c]));
    expect(s.deezer.shown(deezerId)).toEqual(s.ids("deezer", [d, e, a, c]));
  });

  it("deletes what was deleted at the other side, and does not find it again because it can still be read", async () => {
    const s = await playlistScenario();
    const names = ["one", "two", "three", "four", "five", "six"];
    const ids = names.map((name) => s.spotify.put(name, []));
    await s.sync();
    s.sandbox.control.spotify.unfollowPlaylist(s.anna.spotifyId, ids[2] ?? "");
    for (let run = 0; run < 3; run += 1) await s.sync();
    const left = names.filter((name) => name !== "three").sort();
    for (const service of ["spotify", "deezer"] as const) {
      expect(
        s
          .playlists(service)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(left);
    }
  });

  it("J1: a track that was moved on Deezer is moved on Spotify with one request, among 1,000", async () => {
    const { s, some, spotifyId, deezerId } = await inStep(1_000);
    const wanted = moved(some, 700, 3);
    s.sandbox.control.deezer.fillPlaylist(deezerId, s.ids("deezer", wanted));
    const before = s.writes("spotify");
    expect(await s.sync()).toMatchObject({ status: "succeeded" });
    expect(s.spotify.shown(spotifyId)).toEqual(s.ids("spotify", wanted));
    expect(s.writes("spotify") - before).toBe(1);
  });

  it("J1: a track that was moved on Spotify is moved on Deezer with one request", async () => {
    const { s, some, spotifyId, deezerId } = await inStep(60);
    const wanted = moved(some, 50, 0);
    s.sandbox.control.spotify.fillPlaylist(spotifyId, s.ids("spotify", wanted));
    const before = s.writes("deezer");
    await s.sync();
    expect(s.deezer.shown(deezerId)).toEqual(s.ids("deezer", wanted));
    expect(s.writes("deezer") - before).toBe(1);
  });

  it("J2, J3: insertions and removals in the middle of both", async () => {
    const { s, some, spotifyId, deezerId } = await inStep(20);
    const [one, two] = s.recordings(22).slice(20);
    if (!one || !two) throw new Error("the catalogue is too small");
    s.sandbox.control.spotify.fillPlaylist(spotifyId, s.ids("spotify", some.toSpliced(5, 1, one)));
    s.sandbox.control.deezer.fillPlaylist(deezerId, s.ids("deezer", some.toSpliced(10, 1, two)));
    await s.sync();
    const wanted = some.toSpliced(5, 1, one).toSpliced(10, 1, two);
    expect(s.spotify.shown(spotifyId)).toEqual(s.ids("spotify", wanted));
    expect(s.deezer.shown(deezerId)).toEqual(s.ids("deezer", wanted));
  });

  it("J4: what stands twice at Spotify stands once at Deezer, is told, and is not taken away at Spotify", async () => {
    const s = await playlistScenario();
    const some = s.recordings(6);
    const twice = [...s.ids("spotify", some), ...s.ids("spotify", some.slice(0, 2))];
    const spotifyId = s.spotify.put("Again", twice);
    const report = await s.sync();
    expect(report.unmatched.map(({ reason }) => reason)).toContainEqual({
      code: "unsyncable.copies",
      params: { to: "Deezer", count: 2 },
    });
    const { id } = s.named("deezer", "Again");
    expect(s.deezer.shown(Number(id))).toEqual(s.ids("deezer", some));
    await s.sync();
    s.sandbox.control.deezer.fillPlaylist(Number(id), s.ids("deezer", moved(some, 5, 0)));
    await s.sync();
    expect([...s.spotify.shown(spotifyId)].sort()).toEqual([...twice].sort());
    expect(s.spotify.shown(spotifyId)[0]).toBe(some[5]?.spotify);
  });

  it.each(["spotify", "deezer"] as const)(
    "J7: an append to %s that timed out and was applied stands there once, in order",
    async (service) => {
      const s = await playlistScenario();
      const some = s.recordings(100);
      const other = service === "spotify" ? "deezer" : "spotify";
      s[other].put("Long", s.ids(other, some));
      s.sandbox.control.fault({
        service,
        method: "POST",
        path: service === "spotify" ? "/v1/playlists/*/items" : "/playlist/*/tracks",
        fault: { type: "time-out", applied: true },
      });
      const cut = await s.sync();
      expect(cut.counts.left).toBeGreaterThan(0);
      expect(await s.sync()).toMatchObject({ status: "succeeded" });
      await s.sync();
      const { id } = s.named(service, "Long");
      const shown = service === "spotify" ? s.spotify.shown(id) : s.deezer.shown(Number(id));
      expect(shown).toEqual(s.ids(service, some));
    },
  );

  it("J11: what one side alone can hold stays where it is: local files, and tracks that the other does not have", async () => {
    const s = await playlistScenario();
    const some = s.recordings(4);
    const [a, b, c, d] = s.ids("spotify", some);
    if (!a || !b || !c || !d) throw new Error("the catalogue is too small");
    const local = { localUri: "spotify:local:Artist:Album:Title:200" };
    const spotifyId = s.sandbox.control.spotify.seedPlaylist(s.anna.spotifyId, {
      name: "Mixed",
      public: false,
      entries: [a, local, b, c],
    });
    await s.sync();
    const { id } = s.named("deezer", "Mixed");
    const [, second, third, fourth] = s.ids("deezer", some);
    s.sandbox.control.deezer.fillPlaylist(
      Number(id),
      [second, third, fourth].flatMap((track) => track ?? []),
    );
    await s.sync();
    expect(s.spotify.shown(spotifyId)).toEqual([local.localUri, b, c, d]);
  });

  it("J4, J11: copies, local files and what was withdrawn stay at Spotify as they are, run after run", async () => {
    const s = await playlistScenario();
    const some = s.recordings(3);
    const [a, b, c] = s.ids("spotify", some);
    if (!a || !b || !c) throw new Error("the catalogue is too small");
    const { spotify } = s.sandbox.control;
    const localUri = "spotify:local:The+Lanterns:Demos:Harbour+Lights:214";
    const withdrawn = s.sandbox.catalogue.spotify.originals[900]?.id ?? "";
    const entries = [a, { localUri }, b, withdrawn, a, c];
    const id = spotify.seedPlaylist(s.anna.spotifyId, { name: "Sunday", public: false, entries });
    spotify.takeDown(withdrawn, "gone");
    const before = s.spotify.shown(id);
    for (let run = 0; run < 3; run += 1) await s.sync();
    expect(s.spotify.shown(id)).toEqual(before);
    const copy = s.named("deezer", "Sunday");
    expect(s.deezer.shown(Number(copy.id)).toSorted()).toEqual(s.ids("deezer", some).toSorted());
  });

  it("never writes or copies what others own, and leaves Deezer's loved tracks to the favourites", async () => {
    const s = await playlistScenario();
    const [, ben] = s.sandbox.control.people;
    const theirs = s.sandbox.control.spotify.seedPlaylist(ben?.spotifyId ?? "", {
      name: "Theirs",
      public: true,
      entries: s.ids("spotify", s.recordings(3)),
    });
    s.sandbox.control.spotify.followPlaylist(s.anna.spotifyId, theirs);
    s.sandbox.control.deezer.seedFavourites(s.anna.deezerId, 3);
    const report = await s.sync();
    expect(report.unmatched.map(({ reason }) => reason.code)).toEqual(["unsyncable.followed"]);
    expect(s.playlists("deezer")).toEqual([]);
    s.sandbox.control.spotify.unfollowPlaylist(s.anna.spotifyId, theirs);
    expect(await s.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect([s.writes("spotify"), s.writes("deezer")]).toEqual([0, 0]);
  });
});

describe("D12. Playlists of which a pair chooses some, Spotify and Deezer", patient, () => {
  /** Four playlists at Spotify, with copies at Deezer, and quiet. */
  async function copied() {
    const s = await playlistScenario();
    const some = s.recordings(3);
    const ids = ["#sync one", "#sync two", "three", "four"].map((name) => s.spotify.put(name, s.ids("spotify", some)));
    await s.sync();
    await s.sync();
    return { s, some, ids };
  }
  const namesAt = (s: Awaited<ReturnType<typeof playlistScenario>>, service: "spotify" | "deezer") =>
    s
      .playlists(service)
      .map(({ name }) => name)
      .sort();

  it.each([
    ["by id at the source", (ids: readonly string[]) => ({ ids: { source: [ids[0] ?? "", ids[1] ?? ""] } })],
    ["by name", () => ({ names: [{ startsWith: "#sync " }] })],
    ["by what is left out", (ids: readonly string[]) => ({ exceptIds: { source: ids.slice(2) } })],
  ])(
    "narrowed %s: nothing is deleted, nothing of the others is done, and all goes on when they are back",
    async (_, of) => {
      const { s, some, ids } = await copied();
      const writes = () => [s.writes("spotify"), s.writes("deezer")];
      const before = writes();
      expect(await s.sync("bidirectional", { select: of(ids) })).toMatchObject({ status: "succeeded", items: [] });
      s.sandbox.control.spotify.fillPlaylist(ids[3] ?? "", s.ids("spotify", some.toReversed()));
      s.sandbox.control.spotify.fillPlaylist(ids[2] ?? "", s.ids("spotify", some.slice(1)));
      expect(await s.sync()).toMatchObject({ status: "succeeded", items: [] });
      expect(writes()).toEqual(before);
      expect(namesAt(s, "deezer")).toEqual(["#sync one", "#sync two", "four", "three"]);

      const back = await s.sync("bidirectional", { select: {} });
      // One more order; the removal waits for a person.
      expect(back).toMatchObject({ status: "held", heldContents: [{ hold: { reasons: ["needs-confirmation"] } }] });
      expect(s.deezer.shown(Number(s.named("deezer", "four").id))).toEqual(s.ids("deezer", some.toReversed()));
      const [contents] = back.heldContents ?? [];
      const planHash = contents?.hold.hash ?? "";
      await s.engine.confirm({ userId: "user-1", pairId: contents?.pairId ?? "", planHash });
      expect(await s.sync()).toMatchObject({ status: "succeeded" });
      expect(s.deezer.shown(Number(s.named("deezer", "three").id))).toEqual(s.ids("deezer", some.slice(1)));
      expect([namesAt(s, "spotify").length, namesAt(s, "deezer").length]).toEqual([4, 4]);
    },
  );

  it("a playlist that is chosen by its Deezer id is renamed with its original, one chosen by name leaves with its name", async () => {
    const { s, ids } = await copied();
    const { spotify } = s.sandbox.control;
    const { id } = s.named("deezer", "three");
    await s.sync("bidirectional", { select: { ids: { target: [id, "404"] } } });
    spotify.changePlaylist(ids[2] ?? "", { name: "3" });
    const report = await s.sync();
    expect(report.unmatched.map(({ reason, itemId }) => [reason.code, itemId])).toEqual([
      ["unmatched.not-listed", "404"],
    ]);
    expect(s.named("deezer", "3").id).toBe(id);
    await s.sync("bidirectional", { select: { names: [{ startsWith: "#sync" }] } });
    spotify.changePlaylist(ids[0] ?? "", { name: "one" });
    expect(await s.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect(namesAt(s, "deezer")).toEqual(["#sync one", "#sync two", "3", "four"]);
  });

  it("copies carry their prefix through creation, renaming and a change of it, and it never comes back", async () => {
    const s = await playlistScenario();
    const id = s.spotify.put("Sunday", []);
    s.deezer.put("Monday", []);
    await s.sync("bidirectional", { prefix: { target: "[Spotify] ", source: "Deezer: " } });
    expect([namesAt(s, "spotify"), namesAt(s, "deezer")]).toEqual([
      ["Deezer: Monday", "Sunday"],
      ["Monday", "[Spotify] Sunday"],
    ]);
    s.sandbox.control.spotify.changePlaylist(id, { name: "Rest day" });
    await s.sync();
    expect(namesAt(s, "deezer")).toEqual(["Monday", "[Spotify] Rest day"]);
    await s.sync("bidirectional", { prefix: { target: "♫ " } });
    await s.sync();
    const writes = [s.writes("spotify"), s.writes("deezer")];
    expect(await s.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect([s.writes("spotify"), s.writes("deezer")]).toEqual(writes);
    expect([namesAt(s, "spotify"), namesAt(s, "deezer")]).toEqual([
      ["Deezer: Monday", "Rest day"],
      ["Monday", "♫ Rest day"],
    ]);
  });
});
