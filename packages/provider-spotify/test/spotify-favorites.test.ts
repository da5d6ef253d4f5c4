import { MalformedAnswerError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { favorites } = provider.collections;

function row(id: string, addedAt = "2026-11-20T18:04:11Z", more: object = {}) {
  return { added_at: addedAt, track: { id, uri: `spotify:track:${id}`, type: "track", name: "A title", ...more } };
}

function page(items: readonly object[], next: string | null = null, total = items.length) {
  return { href: "https://api.spotify.com/v1/me/tracks", limit: 50, offset: 0, total, next, previous: null, items };
}

const next = (offset: number | string) => `https://api.spotify.com/v1/me/tracks?offset=${offset}&limit=50`;

async function list(...answers: readonly object[]) {
  const { session, requests } = cannedSession(...answers);
  const pages = [];
  for await (const listed of favorites.read.list(session, {})) pages.push(listed);
  return { pages, entries: pages.flatMap(({ entries }) => entries), requests };
}

describe("Spotify's favourites", () => {
  it("keep the place of what cannot be read, and tell what cannot be synced", async () => {
    const { entries } = await list(
      page([
        row("a"),
        { added_at: null, track: null },
        { added_at: "2026-11-20T18:04:11Z", track: { id: null, uri: "spotify:track:", name: "Withdrawn" } },
        {
          added_at: "2026-11-20T18:04:11Z",
          track: { id: null, is_local: true, uri: "spotify:local:The+Lanterns:Demos:Harbour+Lights:214", name: "Demo" },
        },
        row("e", undefined, { type: "episode" }),
      ]),
    );
    expect(entries.map(({ native: _, ...entry }: { native?: unknown; state: string }) => entry)).toEqual([
      { state: "listed", id: "a", addedAtMs: Date.UTC(2026, 10, 20, 18, 4, 11) },
      { state: "unreadable" },
      { state: "unreadable" },
      { state: "unsyncable", reason: "local-file" },
      { state: "unsyncable", id: "e", reason: "episode" },
    ]);
  });

  it("are listed under the id that the library holds, not under a substitute's", async () => {
    const { entries } = await list(page([row("substitute", undefined, { linked_from: { id: "original" } })]));
    expect(entries).toMatchObject([{ state: "listed", id: "original" }]);
  });

  it("take the offset out of `next`, and ask their own address for it", async () => {
    const stray = "https://elsewhere.invalid/v1/me/tracks?offset=40&limit=7&access_token=x";
    const { requests } = await list(page([row("a")], stray, 41), page([row("b")], null, 41));
    expect(requests.map((url) => url.href)).toEqual([
      "https://api.spotify.com/v1/me/tracks?limit=50&offset=0",
      "https://api.spotify.com/v1/me/tracks?limit=50&offset=40",
    ]);
  });

  it.each([
    ["leads back to its own page", next(0)],
    ["leads back", next(-50)],
    ["names no offset", "https://api.spotify.com/v1/me/tracks"],
    ["names no number", next("x")],
    ["is no address", "::"],
  ])("stop with an error when `next` %s (D5)", async (_, link) => {
    await expect(list(page([row("a")], link, 90))).rejects.toThrow(MalformedAnswerError);
  });

  it("stop with an error when a later `next` leads back to an earlier page (D5)", async () => {
    await expect(list(page([row("a")], next(50), 150), page([row("b")], next(50), 150))).rejects.toThrow(/offset 50/);
  });

  it("stop with an error when an empty page names another one", async () => {
    await expect(list(page([], next(50), 90))).rejects.toThrow(MalformedAnswerError);
  });

  it("have a fingerprint of total, newest id and newest time, which a probe reads too", async () => {
    const rows = [row("b", "2026-11-21T00:00:00Z"), row("a")];
    const { pages } = await list(page(rows.slice(0, 1), next(1), 2), page(rows.slice(1), null, 2));
    const { session, requests } = cannedSession(page(rows.slice(0, 1), next(1), 2));
    const probe = await favorites.read.probe?.read(session, { rows: 2 });
    expect(pages.map(({ fingerprint }) => fingerprint)).toEqual([undefined, "2|b|2026-11-21T00:00:00Z"]);
    expect(probe).toEqual({ rows: 2, fingerprint: "2|b|2026-11-21T00:00:00Z" });
    expect(requests.map(({ search }) => search)).toEqual(["?limit=1&offset=0"]);
  });

  it("name the path of a field that is not what it should be, and no value", async () => {
    const failing = list(page([row("a"), { added_at: null, track: { id: "b", name: ["Harbour Lights"] } }]));
    await expect(failing).rejects.toMatchObject({
      name: "MalformedAnswerError",
      message: expect.stringContaining("items.1.track.name"),
    });
    await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining("Harbour") });
  });

  it("are written through the query of /me/library, up to 40 at once", async () => {
    const { session, requests } = cannedSession(new Response(null, { status: 200 }));
    const ids = Array.from({ length: 40 }, (_, index) => `id${index}`);
    const outcomes = await favorites.write.add(session, ids);
    expect(outcomes).toEqual(ids.map((id) => ({ id, result: "written" })));
    expect(requests[0]?.pathname).toBe("/v1/me/library");
    expect(requests[0]?.searchParams.get("uris")?.split(",")).toEqual(ids.map((id) => `spotify:track:${id}`));
  });

  it("need no request for no ids", async () => {
    const { session, requests } = cannedSession();
    expect(await favorites.write.add(session, [])).toEqual([]);
    expect(requests).toEqual([]);
  });
});
