import type { ListedEntry, ListPage, MembershipReader, Session } from "@syncer/core";
import { z } from "zod";

/** What a hurried author gets wrong in a listing. With no flaw it is as good as the real one. */
export interface ListingFlaws {
  /** Passes the caller's page size on, whatever it is. */
  readonly anyPageSize?: boolean;
  /** Reads everything before it gives the first page. */
  readonly eager?: boolean;
  /** Takes the address of the next page out of the answer. */
  readonly followsLinks?: boolean;
  readonly noLoopGuard?: boolean;
  /** Ends quietly when a request fails. */
  readonly swallowsErrors?: boolean;
  /** Lets other errors than typed ones out. */
  readonly untypedErrors?: boolean;
  /** Takes a page for the last when it is not full. */
  readonly givesUpAfter?: number;
  readonly fingerprintPerPage?: boolean;
  readonly noFingerprint?: boolean;
  readonly skipsEmptyPages?: boolean;
}

/** As lenient as a cast: nothing that is missing is missed. */
const lenientPage = z
  .object({
    revision: z.number().optional(),
    count: z.number().optional(),
    next: z.string().optional(),
    next_cursor: z.string().nullish(),
    rows: z
      .array(
        z.object({ saved_at: z.string(), song: z.looseObject({ song_id: z.string() }).nullable() }).catch(NO_ROW()),
      )
      .catch([]),
  })
  .catch({ rows: [] });

function NO_ROW() {
  return { saved_at: "", song: null };
}

const strictPage = z.object({
  revision: z.number(),
  count: z.number(),
  next: z.string(),
  next_cursor: z.string().nullable(),
  rows: z.array(z.object({ saved_at: z.string(), song: z.looseObject({ song_id: z.string() }).nullable() })),
});

export function naiveList(flaws: ListingFlaws, lenient = false): MembershipReader<unknown>["list"] {
  return async function* list(session, { pageSize = 40 }) {
    try {
      const pages = readPages(session, flaws.anyPageSize ? pageSize : Math.min(pageSize, 40), flaws, lenient);
      if (!flaws.eager) {
        yield* pages;
        return;
      }
      const all: ListPage<unknown>[] = [];
      for await (const page of pages) all.push(page);
      yield* all;
    } catch (error) {
      if (flaws.untypedErrors) throw new Error("listing failed");
      if (!flaws.swallowsErrors) throw error;
      yield { entries: [], total: 0, fingerprint: "1" };
    }
  };
}

async function* readPages(session: Session, size: number, flaws: ListingFlaws, lenient: boolean) {
  const seen = new Set<string>();
  let base = "https://api.jukebox.example/v2";
  for (let cursor: string | undefined, pages = 0; ; ) {
    const page: z.infer<typeof lenientPage> = await session.http.request({
      method: "GET",
      base,
      route: "/library/songs",
      query: { size, cursor },
      schema: lenient ? lenientPage : strictPage,
      purpose: "read",
    });
    pages += 1;
    const next = pages === flaws.givesUpAfter ? undefined : (page.next_cursor ?? undefined);
    const whole = next === undefined ? String(page.revision) : undefined;
    const fingerprint = flaws.fingerprintPerPage ? `${page.revision}-${pages}` : whole;
    if (!(flaws.skipsEmptyPages && page.rows.length === 0)) {
      yield {
        entries: page.rows.map(entryOf),
        ...(page.count === undefined ? {} : { total: page.count }),
        ...(fingerprint === undefined || flaws.noFingerprint ? {} : { fingerprint }),
      };
    }
    if (next === undefined) return;
    if (seen.has(next) && !flaws.noLoopGuard) throw new TypeError("cursor repeats");
    seen.add(next);
    cursor = next;
    if (flaws.followsLinks && page.next) base = `${new URL(page.next).origin}/v2`;
  }
}

function entryOf({ song, saved_at: savedAt }: z.infer<typeof strictPage>["rows"][number]): ListedEntry<unknown> {
  if (song === null) return { state: "unreadable" };
  return { state: "listed", id: song.song_id, native: song, addedAtMs: Date.parse(savedAt) };
}
