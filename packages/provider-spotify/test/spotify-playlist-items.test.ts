import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { contents } = provider.collections.playlists;

const track = (id: string, more: object = {}) => ({
  id,
  uri: `spotify:track:${id}`,
  type: "track",
  name: "A title",
  ...more,
});
const localFile = track("x", { id: null, uri: "spotify:local:The+Lanterns:Demos:Harbour+Lights:214" });

async function list(...items: readonly object[]) {
  const answer = { href: "x", limit: 50, offset: 0, total: items.length, next: null, previous: null, items };
  const { session, requests } = cannedSession(answer);
  const pages = [];
  for await (const page of contents.read.list(session, "p1", {})) pages.push(page);
  const entries = pages.flatMap((page) => page.entries);
  return { entries: entries.map(({ native: _, ...entry }: { native?: unknown; state: string }) => entry), requests };
}

describe("the items of Spotify's playlists", () => {
  it("are read in both dialects, whatever booleans stand beside them", async () => {
    const { entries } = await list(
      { added_at: "2025-01-09T07:15:00Z", is_local: false, item: track("dev", { track: true }) },
      { added_at: "2025-01-09T07:15:00Z", is_local: false, track: track("old") },
      { added_at: "2025-01-09T07:15:00Z", is_local: false, item: track("both", { track: true }), track: true },
    );
    const addedAtMs = Date.UTC(2025, 0, 9, 7, 15);
    expect(entries).toEqual(["dev", "old", "both"].map((id) => ({ state: "listed", id, addedAtMs })));
  });

  it("keep their places, whether they can be read and synced or not", async () => {
    const { entries } = await list(
      { added_at: null, added_by: null, is_local: false, item: null },
      { added_at: null, is_local: false, track: null },
      { added_at: null, is_local: false },
      { added_at: null, is_local: true, item: localFile },
      { added_at: null, is_local: false, track: track("e", { type: "episode" }) },
      { added_at: "1970-01-01T00:00:00Z", is_local: false, item: track("a") },
      { added_at: null, is_local: false, item: track("substitute", { linked_from: { id: "original" } }) },
    );
    expect(entries).toEqual([
      { state: "unreadable" },
      { state: "unreadable" },
      { state: "unreadable" },
      { state: "unsyncable", reason: "local-file" },
      { state: "unsyncable", id: "e", reason: "episode" },
      { state: "listed", id: "a" },
      { state: "listed", id: "original" },
    ]);
  });

  it("are asked for with episodes as such, 50 at a time, without a filter", async () => {
    const { requests } = await list();
    expect(requests.map(({ pathname, search }) => pathname + search)).toEqual([
      "/v1/playlists/p1/items?limit=50&offset=0&additional_types=track%2Cepisode",
    ]);
  });

  it("are inserted, moved and removed by one request each, which tells the snapshot after it", async () => {
    const { session, sent, requests } = cannedSession(
      ...["s1", "s2", "s3", "s4"].map((snapshot_id) => ({ snapshot_id })),
    );
    const ids = ["a", "b"];
    const answers = [
      await contents.write.insert(session, "p1", ids),
      await contents.write.insert(session, "p1", ids, 0),
      await contents.write.move?.(session, "p1", { start: 9, length: 2, before: 0 }),
      await contents.write.remove(session, "p1", [{ id: "a", at: 3 }]),
    ];
    const uris = ["spotify:track:a", "spotify:track:b"];
    expect(sent).toEqual([
      { method: "POST", json: { uris } },
      { method: "POST", json: { uris, position: 0 } },
      { method: "PUT", json: { range_start: 9, range_length: 2, insert_before: 0 } },
      { method: "DELETE", json: { items: [{ uri: "spotify:track:a" }] } },
    ]);
    expect(new Set(requests.map(({ pathname }) => pathname))).toEqual(new Set(["/v1/playlists/p1/items"]));
    const written = (id: string) => ({ id, result: "written" });
    expect(answers).toEqual([
      { outcomes: ids.map(written), version: "s1" },
      { outcomes: ids.map(written), version: "s2" },
      { outcomes: [], version: "s3" },
      { outcomes: [written("a")], version: "s4" },
    ]);
  });

  it("need no request for none", async () => {
    const { session, requests } = cannedSession();
    expect(await contents.write.insert(session, "p1", [])).toEqual({ outcomes: [] });
    expect(await contents.write.remove(session, "p1", [])).toEqual({ outcomes: [] });
    expect(requests).toEqual([]);
  });
});
