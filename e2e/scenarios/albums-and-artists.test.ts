import { DISAGREEMENT_RATES, signIn } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { AGREEING } from "../support/agreeing.ts";
import { createHost, REDIRECT } from "../support/host.ts";
import { idsOf, shelves } from "../support/releases.ts";
import { dump, HOUR } from "../support/scenario.ts";

const NOTHING = { status: "succeeded", items: [] } as const;
const QUIET = { source: { probe: 1 }, target: { probe: 1 } };

describe.each(["albums", "artists"] as const)("%s, both ways", (type) => {
  it("joins what either side lacks, links what both have, and then costs one request a side", async () => {
    const s = await shelves(type);
    const all = s.twins(30);
    s.spotify.add(idsOf(all.slice(0, 20), "spotify"));
    s.deezer.add(idsOf(all.slice(10), "deezer"));
    const first = await s.run("bidirectional");
    expect(first).toMatchObject({ status: "succeeded", counts: { added: 20, linked: 10, removed: 0, uncertain: 0 } });
    expect(s.spotify.ids()).toEqual(idsOf(all, "spotify"));
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
    expect(await s.run("bidirectional")).toMatchObject({ ...NOTHING, requests: QUIET });
  });

  it("carries over what is new, and nothing else", async () => {
    const s = await shelves(type);
    const all = s.twins(12);
    s.spotify.add(idsOf(all.slice(0, 10), "spotify"));
    await s.run("bidirectional");
    await s.clock.advance(HOUR);
    s.spotify.add(idsOf(all.slice(10, 11), "spotify"));
    s.deezer.add(idsOf(all.slice(11), "deezer"));
    const report = await s.run("bidirectional");
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 2, linked: 0, removed: 0 } });
    expect(report.items.map(({ on }) => on).sort()).toEqual(["source", "target"]);
    expect(s.spotify.ids()).toEqual(idsOf(all, "spotify"));
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });

  it("carries over what was removed on either side, and holds a mass removal", async () => {
    const s = await shelves(type);
    const all = s.twins(40);
    s.spotify.add(idsOf(all, "spotify"));
    await s.run("bidirectional");
    await s.clock.advance(HOUR);
    s.spotify.remove(idsOf(all.slice(0, 1), "spotify"));
    s.deezer.remove(idsOf(all.slice(1, 2), "deezer"));
    expect(await s.run("bidirectional")).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(s.spotify.ids()).toEqual(idsOf(all.slice(2), "spotify"));
    expect(s.deezer.ids()).toEqual(idsOf(all.slice(2), "deezer"));
    await s.clock.advance(HOUR);
    s.spotify.remove(idsOf(all.slice(2, 35), "spotify"));
    const held = await s.run("bidirectional");
    expect(held).toMatchObject({ status: "held", items: [], hold: { reasons: ["mass-removal"] } });
    expect(s.deezer.ids()).toHaveLength(38);
  });

  it("takes nothing away for what the service itself withdrew", async () => {
    const s = await shelves(type);
    const all = s.twins(10);
    s.spotify.add(idsOf(all, "spotify"));
    await s.run("bidirectional");
    await s.clock.advance(HOUR);
    s.sandbox.control.spotify.takeDown(all[0]?.spotify ?? "", "gone");
    expect(await s.run("bidirectional")).toMatchObject({ counts: { removed: 0 } });
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });

  it("keeps ids, codes and counts, and no name", async () => {
    const s = await shelves(type);
    const [twin] = s.twins(1);
    s.spotify.add([twin?.spotify ?? ""]);
    await s.run("bidirectional");
    const { albums, artists } = s.sandbox.catalogue.spotify;
    const id = twin?.spotify ?? "";
    const name = type === "albums" ? albums.find((album) => album.id === id)?.name : artists().get(id)?.name;
    const stored = JSON.stringify([await dump(s.storage), s.logs]);
    expect(stored).toContain(id);
    expect(name).toBeTruthy();
    expect(stored).not.toContain(name);
    const metadata = await s.storage.select({ table: "sync_metadata", where: {} });
    expect(new Set(metadata.map(({ item_type }) => item_type))).toEqual(new Set([type]));
  });

  it("explains what became of one, and lists what the pair can do", async () => {
    const s = await shelves(type);
    const [twin] = s.twins(1);
    s.spotify.add([twin?.spotify ?? ""]);
    await s.run("sync-from");
    const [connection] = await s.engine.connections.list({ userId: "user-1", service: "spotify" });
    const ref = { userId: "user-1", connectionId: connection?.id ?? "", externalId: twin?.spotify ?? "" };
    expect(await s.engine.explain(ref)).toMatchObject([{ state: "linked", counterpart: twin?.deezer }]);
    const [pair] = s.engine.registry.supportedPairs().filter(({ source }) => source === "spotify");
    const modes = pair?.types.find((each) => each.type === type)?.modes;
    expect(modes).toEqual(["sync-from", "sync-to", "bidirectional"]);
  });
});

describe("a connection from before", () => {
  it("goes on with what it was granted, and is told which scope artists need", async () => {
    const host = createHost();
    await host.engine.migrate();
    await host.connect("deezer");
    const { url } = await host.engine.connections.begin({
      userId: "user-1",
      service: "spotify",
      redirectUrl: REDIRECT.spotify,
      types: ["favorites"],
    });
    const callbackUrl = await signIn({ fetch: host.sandbox.fetch, url, user: host.anna.spotifyId });
    await host.engine.connections.complete({ service: "spotify", callbackUrl });
    const sync = async (type: "albums" | "artists") => {
      const pair = { source: "spotify", target: "deezer", mode: "sync-from" } as const;
      const { pairs } = await host.engine.sync({ userId: "user-1", pairs: [pair], type });
      return pairs[0];
    };
    expect(await sync("albums")).toMatchObject({ status: "succeeded" });
    expect(await sync("artists")).toMatchObject({
      status: "failed",
      error: { code: "auth.scope-missing", params: { scopes: "user-follow-read" } },
    });
  });
});

describe("albums", () => {
  it("are found by their code in one request each, and looked up no more once they are linked", async () => {
    const s = await shelves("albums");
    const all = s.twins(20);
    s.spotify.add(idsOf(all, "spotify"));
    const report = await s.run("sync-from");
    expect(report.requests.target).toMatchObject({ lookup: 20, write: 20 });
    expect(report.requests.target.search).toBeUndefined();
    expect(new Set(report.items.map(({ match }) => match?.by))).toEqual(new Set(["lookup"]));
  });

  it("are found where Deezer writes the code with another number of digits", async () => {
    const s = await shelves("albums", { sandbox: { disagreements: { ...AGREEING, upcPadded: 1 } } });
    const all = s.twins(10);
    s.spotify.add(idsOf(all, "spotify"));
    expect(await s.run("sync-from")).toMatchObject({ status: "succeeded", counts: { added: 10 } });
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });

  it("are found by name, artist and number of tracks where the codes differ", async () => {
    const s = await shelves("albums", { sandbox: { disagreements: { ...AGREEING, upcDiffers: 1, singleIsEp: 1 } } });
    const all = s.twins(20);
    s.spotify.add(idsOf(all, "spotify"));
    const report = await s.run("sync-from");
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 20, uncertain: 0 } });
    expect(new Set(report.items.map(({ match }) => match?.by))).toEqual(new Set(["search"]));
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });

  it("come from Deezer, whose lists have no codes, by name as well", async () => {
    const s = await shelves("albums");
    const all = s.twins(20);
    s.deezer.add(idsOf(all, "deezer"));
    expect(await s.run("sync-to")).toMatchObject({ status: "succeeded", counts: { added: 20 } });
    expect(s.spotify.ids()).toEqual(idsOf(all, "spotify"));
  });

  it("of another edition are shown and not written", async () => {
    const s = await shelves("albums", { sandbox: { disagreements: { ...AGREEING, albumDiffers: 1 } } });
    const { spotify, deezer } = s.sandbox.catalogue;
    const titles = new Set(deezer.albums.map(({ title, artist, year }) => `${artist.name} ${year} ${title}`));
    const ids = spotify.albums.flatMap(({ id, name, artists: [artist], year, albumType }) => {
      const isThere = (edition: string) => titles.has(`${artist?.name} ${year} ${name} (${edition})`);
      return albumType === "album" && isThere("Deluxe Edition") && !isThere("Remastered") ? [id] : [];
    });
    expect(ids.length).toBeGreaterThan(20);
    s.spotify.add(ids.slice(0, 20));
    const report = await s.run("sync-from");
    expect(s.deezer.ids()).toEqual([]);
    expect(report.counts.uncertain).toBeGreaterThan(15);
    const [{ match } = {}] = report.unmatched.filter(({ verdict }) => verdict === "uncertain");
    expect(match?.comparison?.signs).toMatchObject({ edition: { grade: "one-sided" } });
  });
});

describe("artists", () => {
  const namesakes = (known: number) => ({
    sandbox: { disagreements: { ...AGREEING, namesakes: 1, namesakesKnown: known } },
  });

  it("with a namesake who is as well known are not written, whoever is meant", async () => {
    const s = await shelves("artists", namesakes(1));
    const all = s.twins(10);
    s.spotify.add(idsOf(all, "spotify"));
    const report = await s.run("sync-from");
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, uncertain: 10 } });
    expect(s.deezer.ids()).toEqual([]);
    expect(report.unmatched[0]?.match?.comparison?.signs).toMatchObject({ namesakes: { grade: "several" } });
  });

  it("who lead all namesakes by far are taken, where the service tells how many follow them", async () => {
    const s = await shelves("artists", namesakes(0));
    const { deezer } = s.sandbox.catalogue;
    const all = s.twins(40).filter(({ deezer: id }) => (deezer.artists().get(Number(id))?.followers ?? 0) > 5_000);
    s.spotify.add(idsOf(all, "spotify"));
    expect(await s.run("sync-from")).toMatchObject({ status: "succeeded", counts: { added: all.length } });
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });

  it("with any namesake are not written where the service does not tell", async () => {
    const s = await shelves("artists", namesakes(0));
    s.deezer.add(idsOf(s.twins(10), "deezer"));
    expect(await s.run("sync-to")).toMatchObject({ counts: { added: 0, uncertain: 10 } });
    expect(s.spotify.ids()).toEqual([]);
  });

  it("whom the user follows on the other side already are who is meant, whoever else has the name", async () => {
    const s = await shelves("artists", namesakes(1));
    const all = s.twins(5);
    s.spotify.add(idsOf(all, "spotify"));
    s.deezer.add(idsOf(all, "deezer"));
    const report = await s.run("bidirectional");
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, linked: 5, uncertain: 0 } });
    expect(new Set(report.items.map(({ match }) => match?.by))).toEqual(new Set(["held-match"]));
  });

  it("are written once somebody has said who is meant", async () => {
    const s = await shelves("artists", namesakes(1));
    const [twin] = s.twins(1);
    const ids = { serviceA: "spotify", idA: twin?.spotify ?? "", serviceB: "deezer", idB: twin?.deezer ?? "" } as const;
    s.spotify.add([ids.idA]);
    expect(await s.run("sync-from")).toMatchObject({ counts: { uncertain: 1 } });
    // Said of tracks, it would be about something else.
    await s.engine.overrides.set({ userId: "user-1", verdict: "same", ...ids });
    expect(await s.run("sync-from")).toMatchObject({ counts: { added: 0 } });
    await s.engine.overrides.set({ userId: "user-1", verdict: "same", itemKind: "artist", ...ids });
    expect(await s.run("sync-from")).toMatchObject({ counts: { added: 1 }, items: [{ match: { by: "override" } }] });
    expect(s.deezer.ids()).toEqual([ids.idB]);
    const { overrides } = await s.engine.overrides.export({ userId: "user-1" });
    expect(overrides.map(({ itemKind }) => itemKind).sort()).toEqual(["artist", "track"]);
  });

  it("are reported as refused where Spotify's library takes none", async () => {
    const s = await shelves("artists");
    s.sandbox.control.spotify.settings.artistUris = "refuse";
    const all = s.twins(3);
    s.deezer.add(idsOf(all, "deezer"));
    const report = await s.run("sync-to");
    expect(report).toMatchObject({ status: "partial", counts: { added: 0, refused: 3 } });
    expect(s.deezer.ids()).toEqual(idsOf(all, "deezer"));
  });
});

/** Services that disagree as often as real ones were measured to, or are assumed to. */
const disagreeing = {
  sandbox: { disagreements: DISAGREEMENT_RATES, rateLimits: { spotify: false, deezer: false } },
} as const;

describe("with services that disagree", () => {
  it.each(["sync-from", "sync-to"] as const)(
    "hardly an album is written wrongly, and most are written, %s",
    async (mode) => {
      const s = await shelves("albums", disagreeing);
      const { spotify, deezer, truth } = s.sandbox.catalogue;
      const isFrom = mode === "sync-from";
      const twinsOf = (id = "") => (isFrom ? truth.deezerAlbums(id) : truth.spotifyAlbums(id));
      const tracks = isFrom ? spotify.originals : deezer.originals;
      const ids = [...new Set(tracks.map(({ album }) => String(album.id)))].slice(0, 600);
      const has = ids.filter((id) => twinsOf(id).length > 0).length;
      if (isFrom) s.spotify.add(ids);
      else s.deezer.add(ids);
      const report = await s.run(mode);
      const judged = { right: 0, remastered: 0, wrong: 0 };
      for (const { fromId, toId = "", match } of report.items) {
        const isRemaster = JSON.stringify(match?.comparison?.signs).includes("remaster-one-sided");
        // The same but for a remark that it was remastered counts as the same.
        judged[twinsOf(fromId).includes(toId) ? "right" : isRemaster ? "remastered" : "wrong"]++;
      }
      expect(judged.wrong / report.items.length).toBeLessThan(0.005);
      expect(judged.right / has).toBeGreaterThan(0.93);
    },
  );

  it.each(["sync-from", "sync-to"] as const)(
    "no artist is taken for a namesake, and most are followed, %s",
    async (mode) => {
      const s = await shelves("artists", disagreeing);
      const { spotify, deezer } = s.sandbox.catalogue;
      const isFrom = mode === "sync-from";
      const all = [...(isFrom ? spotify : deezer).artists().values()].filter(({ namesake }) => !namesake).slice(0, 400);
      if (isFrom) s.spotify.add(all.map(({ id }) => String(id)));
      else s.deezer.add(all.map(({ id }) => String(id)));
      const report = await s.run(mode);
      const written = report.items.flatMap(({ toId = "" }) =>
        isFrom ? (deezer.artists().get(Number(toId)) ?? []) : (spotify.artists().get(toId) ?? []),
      );
      expect(written.filter(({ namesake }) => namesake)).toEqual([]);
      expect(written.length).toBeGreaterThan(320);
    },
  );
});
