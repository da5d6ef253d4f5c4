import { describe, expect, it } from "vitest";
import { playlistScenario } from "../support/playlists.ts";
import { scenario } from "../support/scenario.ts";

const patient = { timeout: 120_000 } as const;
const USER = { userId: "user-1" } as const;
const MINUTE_MS = 60_000;

describe("undo, Spotify and Deezer", patient, () => {
  it("takes back a first transfer of playlists: what it made goes, what was there stays", async () => {
    const s = await playlistScenario();
    const some = s.recordings(60);
    s.spotify.put("Sunday", s.ids("spotify", some));
    s.spotify.put("Empty", []);
    s.deezer.put("Mine", s.ids("deezer", some.slice(0, 3)));
    const run = await s.sync("sync-from");
    expect(s.playlists("deezer").map(({ name }) => name)).toEqual(expect.arrayContaining(["Sunday", "Empty", "Mine"]));
    await s.clock.advance(MINUTE_MS);
    const report = await s.engine.undo({ ...USER, jobId: run.jobId ?? "" });
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 2, refused: 0 } });
    expect(s.playlists("deezer").map(({ name }) => name)).toEqual(["Mine"]);
    expect(await s.sync("sync-from")).toMatchObject({ status: "succeeded", items: [] });
    expect(s.playlists("deezer").map(({ name }) => name)).toEqual(["Mine"]);
  });

  it.each(["spotify", "deezer"] as const)(
    "puts a playlist back in order, with what was added gone and what was removed there, on the other side than %s",
    async (edited) => {
      const s = await playlistScenario();
      const known = s.recordings(45);
      const some = known.slice(0, 40);
      const spotifyId = s.spotify.put("Sunday", s.ids("spotify", some));
      await s.sync();
      const deezerId = Number(s.named("deezer", "Sunday").id);
      await s.sync();
      const other = edited === "spotify" ? "deezer" : "spotify";
      const shown = () => ({ spotify: s.spotify.shown(spotifyId), deezer: s.deezer.shown(deezerId) });
      const before = shown();
      const order = [...known.slice(40, 43), ...some.slice(20), ...some.slice(2, 20), ...known.slice(43)];
      const { spotify, deezer } = s.sandbox.control;
      if (edited === "spotify") spotify.fillPlaylist(spotifyId, s.ids("spotify", order));
      else deezer.fillPlaylist(deezerId, s.ids("deezer", order));
      const run = await s.sync();
      expect(shown()[other]).toEqual(s.ids(other, order));
      await s.clock.advance(MINUTE_MS);
      const writes = { spotify: s.writes("spotify"), deezer: s.writes("deezer") };
      expect(await s.engine.undo({ ...USER, jobId: run.jobId ?? "" })).toMatchObject({ status: "succeeded" });
      expect(shown()).toEqual({ [edited]: s.ids(edited, order), [other]: before[other] });
      expect(s.writes(edited)).toBe(writes[edited]);
      for (let again = 0; again < 2; again++) expect(await s.sync()).toMatchObject({ status: "succeeded", items: [] });
      expect(shown()[other]).toEqual(before[other]);
    },
  );

  it("waits until Spotify tells of what the run wrote, when it is asked for at once", async () => {
    const s = await playlistScenario();
    const some = s.recordings(6);
    const deezerId = s.deezer.put("Sunday", s.ids("deezer", some));
    await s.sync();
    const { id } = s.named("spotify", "Sunday");
    await s.sync();
    s.sandbox.control.deezer.fillPlaylist(deezerId, s.ids("deezer", some.toReversed()));
    const run = await s.sync();
    const undoing = s.engine.undo({ ...USER, jobId: run.jobId ?? "" });
    await s.clock.advance(MINUTE_MS);
    expect(await undoing).toMatchObject({ status: "succeeded" });
    expect(s.spotify.shown(id)).toEqual(s.ids("spotify", some));
  });

  it("takes back a first transfer of favourites, in batches, and a removal on both sides", async () => {
    const s = await scenario();
    const some = s.recordings(90);
    s.a.like(some);
    const first = await s.sync();
    expect(s.b.ids()).toHaveLength(90);
    const writes = s.b.writes();
    const report = await s.engine.undo({ ...USER, jobId: first.jobId ?? "" });
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 90 } });
    expect(s.b.ids()).toEqual([]);
    expect(s.b.writes() - writes).toBe(Math.ceil(90 / s.b.batch.remove));
    expect(s.a.ids()).toHaveLength(90);
  });
});
