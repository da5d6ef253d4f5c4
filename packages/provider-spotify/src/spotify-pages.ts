import { MalformedAnswerError, type Session } from "@syncer/core";

/** What every list of Spotify has that is paged by offset. */
interface OffsetPage {
  readonly next: string | null;
  readonly items: readonly unknown[];
}

/**
 * Takes the offset out of a `next` link; `undefined` on the last page.
 * @throws {MalformedAnswerError} the link does not lead forward, or an empty page names one after it
 */
export function nextOffsetOf(
  session: Session,
  route: string,
  { next, items }: OffsetPage,
  offset: number,
): number | undefined {
  if (next === null) return undefined;
  const value = URL.parse(next, "https://api.spotify.com")?.searchParams.get("offset");
  const nextOffset = value && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(nextOffset > offset)) {
    throw new MalformedAnswerError(session.service, route, `next: does not lead on from offset ${offset}`);
  }
  if (items.length === 0) {
    const problem = `next: an empty page (offset ${offset}) names a page after it`;
    throw new MalformedAnswerError(session.service, route, problem);
  }
  return nextOffset;
}
