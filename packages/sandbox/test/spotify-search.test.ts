import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Api, at, listAt, spotifyApi } from "./support/callers.ts";

let sandbox: Sandbox;
let api: Api;

beforeEach(() => {
  sandbox = createSandbox({ rateLimits: { spotify: false } });
  api = spotifyApi(sandbox);
});

async function found(q: string, more = ""): Promise<unknown[]> {
  const { json } = await api(`/search?q=${encodeURIComponent(q)}&type=track&limit=10${more}`);
  return listAt(json, "tracks", "items").map((item) => at(item, "id"));
}

const KNOWN = { title: "Mr. Brightside", artist: "The Killers", isrc: "USIR20400274" };

describe("searching", () => {
  it("finds every release of an ISRC, however the code is written", async () => {
    const all = sandbox.catalogue.spotify.byIsrc(KNOWN.isrc).map(({ id }) => id);
    expect(all.length).toBeGreaterThan(1);
    expect((await found(`isrc:${KNOWN.isrc}`)).toSorted()).toEqual(all.toSorted());
    expect(await found("isrc:us-ir2-04-00274")).toEqual(await found(`isrc:${KNOWN.isrc}`));
  });

  it("takes one ISRC per request and gives total 0 for an unknown one", async () => {
    expect(await found(`isrc:${KNOWN.isrc} OR isrc:USSM11401317`)).toEqual([]);
    const { status, json } = await api("/search?q=isrc:ZZZZZ0000000&type=track");
    expect([status, at(json, "tracks", "total")]).toEqual([200, 0]);
  });

  it("finds by fields, quoted or not, and by plain words without regard to marks and case", async () => {
    const [expected] = sandbox.catalogue.spotify.byIsrc(KNOWN.isrc);
    expect(await found('track:"mr. brightside" artist:"the killers"')).toContain(expected?.id);
    expect(await found("track:brightside artist:killers")).toContain(expected?.id);
    expect(await found("BRIGHTSIDE the Kíllers mr")).toContain(expected?.id);
    expect(await found('track:"mr. brightside" artist:"somebody else"')).toEqual([]);
    expect(await found('track:"mr. brightside" year:1950-1960')).toEqual([]);
  });

  it("finds nothing for a filter that a quote or a colon breaks", async () => {
    expect(await found('track:"mr. "brightside" artist:"the killers"')).toEqual([]);
    expect(await found('track:"live: brightside"')).toEqual([]);
    expect(await found('track:"brightside')).toEqual([]);
  });

  it("leaves out what has no licence in the market", async () => {
    const { spotify } = sandbox.catalogue;
    const track = spotify.originals.find(({ missingIn, isrc }) => missingIn.has("SE") && isrc !== undefined)!;
    expect(await found(`isrc:${track.isrc}`)).not.toContain(track.id);
    const elsewhere = (["DE", "FR", "PL", "US"] as const).find((country) => !track.missingIn.has(country));
    expect(await found(`isrc:${track.isrc}`, `&market=${elsewhere}`)).toContain(track.id);
  });

  it("pages through to offset 1000 and no further", async () => {
    const first = await found("the", "&offset=0");
    const second = await found("the", "&offset=10");
    expect(new Set([...first, ...second]).size).toBe(20);
    expect((await api("/search?q=the&type=track&offset=1000")).status).toBe(200);
    expect((await api("/search?q=the&type=track&offset=1001")).status).toBe(400);
  });

  it.each([
    ["/search?type=track", "No search query"],
    ["/search?q=x", "Missing parameter type"],
    ["/search?q=x&type=song", "Bad search type field song"],
    ["/search?q=x&type=track&market=Sweden", "Invalid market code"],
    ["/tracks/tooshort", "Invalid base62 id"],
  ])("refuses %s", async (path, message) => {
    expect((await api(path)).json).toEqual({ error: { status: 400, message } });
  });

  it("answers 404 for an id that does not exist", async () => {
    const answer = await api("/tracks/0000000000000000000000");
    expect(answer.json).toEqual({ error: { status: 404, message: "Resource not found" } });
  });
});

describe("albums, artists, followed and saved", () => {
  it("can be read by id", async () => {
    const [track] = sandbox.catalogue.spotify.originals;
    const album = await api(`/albums/${track!.album.id}`);
    expect(listAt(album.json, "tracks", "items").map((item) => at(item, "id"))).toContain(track!.id);
    expect(at((await api(`/albums/${track!.album.id}/tracks`)).json, "items", 0)).not.toHaveProperty("external_ids");
    expect(at((await api(`/artists/${track!.artists[0].id}`)).json, "name")).toBe(track!.artists[0].name);
    await api(`/me/library?uris=spotify:album:${track!.album.id}`, { method: "PUT" });
    expect(at((await api("/me/albums")).json, "items", 0, "album", "id")).toBe(track!.album.id);
    expect((await api("/me/following?type=artist")).json).toMatchObject({ artists: { items: [], total: 0 } });
  });
});
