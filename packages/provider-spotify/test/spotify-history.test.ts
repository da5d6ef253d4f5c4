import { MalformedAnswerError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { recently_played: history } = provider.collections;

const NOON = Date.UTC(2026, 10, 22, 12);
const track = (id: string, more: object = {}) => ({
  id,
  uri: `spotify:track:${id}`,
  type: "track",
  name: "A title",
  ...more,
});
const play = (id: string, atMs: number, more: object = {}) => ({
  played_at: new Date(atMs).toISOString(),
  track: track(id, more),
  context: null,
});

function page(items: readonly object[], before: number | null = null) {
  return {
    items,
    next: before === null ? null : `https://elsewhere.invalid/recently-played?before=${before}`,
    cursors: before === null ? null : { after: "1", before: String(before) },
    limit: 50,
  };
}

async function list(options: { readonly pageSize?: number; readonly sinceMs?: number }, ...answers: readonly object[]) {
  const { session, requests } = cannedSession(...answers);
  const pages = [];
  for await (const listed of history.read.list(session, options)) pages.push(listed);
  const entries = pages.flatMap((listed) => listed.entries);
  return {
    entries: entries.map(({ native: _, ...entry }: { native?: unknown; state: string }) => entry),
    queries: requests.map(({ searchParams }) => Object.fromEntries(searchParams)),
  };
}

describe("Spotify's listening history", () => {
  it("comes newest first, by the millisecond, also when entries arrive out of order", async () => {
    const { entries } = await list({}, page([play("b", NOON - 240_000), play("a", NOON + 456)]));
    expect(entries).toEqual([
      { state: "listed", id: "a", atMs: NOON + 456 },
      { state: "listed", id: "b", atMs: NOON - 240_000 },
    ]);
  });

  it("says what it cannot read, and what no other service can hold", async () => {
    const { entries } = await list(
      {},
      page([
        { played_at: new Date(NOON).toISOString(), track: null, context: null },
        play("l", NOON - 1_000, { id: null, is_local: true, uri: "spotify:local:A:B:C:7" }),
        play("e", NOON - 2_000, { type: "episode" }),
        { played_at: "lately", track: track("t"), context: null },
      ]),
    );
    expect(entries).toHaveLength(4);
    expect(entries).toEqual(
      expect.arrayContaining([
        { state: "unreadable" },
        { state: "unsyncable", reason: "local-file" },
        { state: "unsyncable", id: "e", reason: "episode" },
        { state: "unreadable" },
      ]),
    );
  });

  it("asks for what happened since by one request, and counts that moment in", async () => {
    const { queries } = await list({ sinceMs: NOON }, page([play("a", NOON)], NOON));
    expect(queries).toEqual([{ limit: "50", after: String(NOON - 1) }]);
  });

  it("reads back page by page, until nothing earlier is wanted", async () => {
    const answers = [page([play("a", NOON)], NOON), page([play("b", NOON - 60_000)], NOON - 60_000)];
    const { queries } = await list({ pageSize: 1, sinceMs: NOON - 30_000 }, ...answers);
    expect(queries).toEqual([{ limit: "1" }, { limit: "1", before: String(NOON) }]);
  });

  it("asks no further than the plays that exist", async () => {
    const plays = Array.from({ length: 50 }, (_, index) => play(`t${index}`, NOON - index * 1_000));
    const { queries } = await list({}, page(plays, NOON - 49_000));
    expect(queries).toEqual([{ limit: "50" }]);
  });

  it("ends at an empty page, and stops with an error at one that leads nowhere or round in circles", async () => {
    const first = page([play("a", NOON)], NOON);
    expect((await list({ pageSize: 1 }, first, page([]))).entries).toHaveLength(1);
    await expect(list({ pageSize: 1 }, first, first)).rejects.toThrow(MalformedAnswerError);
    await expect(list({ pageSize: 1 }, { ...first, cursors: null })).rejects.toThrow(MalformedAnswerError);
  });
});
