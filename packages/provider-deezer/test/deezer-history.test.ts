import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cannedSession, provider } from "./support/canned-session.ts";

const { recently_played: history } = provider.collections;

const NOON = Date.UTC(2026, 10, 22, 12) / 1_000;
const LENGTH = 200;

interface Play {
  readonly id: number;
  /** Seconds before noon. */
  readonly ago: number;
}

const row = ({ id, ago }: Play) => ({
  id,
  type: "track",
  title: "A title",
  readable: true,
  duration: LENGTH,
  timestamp: NOON - ago,
});

/** Answers as Deezer cuts a list of these rows into pages. */
function pagesOf(rows: readonly (object | null)[], pageSize: number): readonly object[] {
  const pages = [];
  for (let index = 0; index === 0 || index < rows.length; index += pageSize) {
    const next = index + pageSize < rows.length ? { next: "https://elsewhere.invalid/?access_token=x" } : {};
    pages.push({ data: rows.slice(index, index + pageSize), total: rows.length, ...next });
  }
  return pages;
}

async function list(rows: readonly (object | null)[], options: { pageSize?: number; sinceMs?: number } = {}) {
  const { session, requests } = cannedSession(...pagesOf(rows, options.pageSize ?? 100));
  const entries = [];
  for await (const page of history.read.list(session, options)) entries.push(...page.entries);
  return { entries, requests };
}

/** Ids and seconds before noon of what is listed. */
async function heard(plays: readonly Play[], pageSize?: number): Promise<readonly Play[]> {
  const { entries } = await list(plays.map(row), pageSize === undefined ? {} : { pageSize });
  return entries.flatMap((entry) =>
    entry.state === "listed" ? [{ id: Number(entry.id), ago: NOON - entry.atMs / 1_000 }] : [],
  );
}

/**
 * One play after another, newest first, of few tracks and with short pauses, so that reports repeat. No two are the same in all: as
 * pages of one row they would pass for a server that gives one page for ever.
 */
const somePlays = fc
  .array(fc.record({ id: fc.integer({ min: 1, max: 3 }), pause: fc.integer({ min: 1, max: 250 }) }), { maxLength: 30 })
  .map((steps) => {
    let ago = 0;
    return steps.map(({ id, pause }): Play => {
      ago += pause;
      return { id, ago };
    });
  });

describe("Deezer's listening history", () => {
  it("comes newest first, in milliseconds", async () => {
    const { entries } = await list([row({ id: 1, ago: 0 }), row({ id: 2, ago: 240 })]);
    expect(entries).toMatchObject([
      { state: "listed", id: "1", atMs: NOON * 1_000 },
      { state: "listed", id: "2", atMs: (NOON - 240) * 1_000 },
    ]);
  });

  it("counts a play once that players report again and again, by its first report", async () => {
    const once = { id: 1, ago: 300 };
    expect(await heard([{ id: 1, ago: 150 }, { id: 1, ago: 270 }, once, once])).toEqual([once]);
  });

  it("counts a track twice that was heard again", async () => {
    const plays = [
      { id: 1, ago: 0 },
      { id: 2, ago: 100 },
      { id: 1, ago: LENGTH },
    ];
    expect(await heard(plays)).toEqual(plays);
  });

  it("is the same in pages of any size", async () => {
    await fc.assert(
      fc.asyncProperty(somePlays, fc.integer({ min: 1, max: 12 }), async (plays, pageSize) => {
        expect(await heard(plays, pageSize)).toEqual(await heard(plays));
      }),
      { numRuns: 60 },
    );
  });

  it("tells each time a play that was told before by the same time, when more is heard later", async () => {
    await fc.assert(
      fc.asyncProperty(somePlays, fc.nat(), async (plays, later) => {
        const now = await heard(plays);
        const before = await heard(plays.slice(later % (plays.length + 1)));
        const old = before.map(({ id, ago }) => `${id} ${ago}`);
        const told = new Set(now.map(({ id, ago }) => `${id} ${ago}`));
        expect(old.filter((play) => !told.has(play))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("says what it cannot read, and what no other service can hold", async () => {
    const { entries } = await list([
      null,
      row({ id: -7, ago: 0 }),
      { ...row({ id: 8, ago: 0 }), type: "episode" },
      { ...row({ id: 9, ago: 0 }), timestamp: null },
    ]);
    expect(entries).toEqual([
      { state: "unreadable" },
      { state: "unsyncable", id: "-7", reason: "upload" },
      { state: "unsyncable", id: "8", reason: "episode" },
      { state: "unreadable", id: "9" },
    ]);
  });

  it("reads on until it has seen what happened before the moment that is asked for", async () => {
    const plays = Array.from({ length: 10 }, (_, index) => row({ id: index + 1, ago: index * 300 }));
    const { requests } = await list(plays, { pageSize: 2, sinceMs: (NOON - 700) * 1_000 });
    expect(requests.map(({ url }) => url.searchParams.get("index"))).toEqual(["0", "2"]);
  });

  it("gives what is wanted although only a later page decides on it", async () => {
    const plays = [
      { id: 1, ago: 300 },
      { id: 2, ago: 315 },
      { id: 3, ago: 900 },
    ];
    const { entries } = await list(plays.map(row), { pageSize: 2, sinceMs: (NOON - 310) * 1_000 });
    expect(entries).toContainEqual(expect.objectContaining({ id: "1", atMs: (NOON - 300) * 1_000 }));
  });

  it("needs its own permission", () => {
    expect(history.scopes).toEqual({ read: ["listening_history"], write: [] });
  });
});
