import type { SearchQuery } from "../../contract/index.ts";
import type { UniversalTrack } from "../../items/index.ts";

/** The queries for one track; no two of them are the same. */
export interface SearchQueries {
  /** Finds most tracks, and costs one request each: title and artist, without versions and guests. */
  readonly first: SearchQuery;
  /** After a first query that gave nothing: another spelling, another script, another artist. */
  readonly wider: readonly SearchQuery[];
  /** After a first query that gave a full page of others: whatever else tells the track from them. */
  readonly narrower: readonly SearchQuery[];
}

/** @param romanise Latin letters for a text in another script, or `""` */
export function searchQueries(track: UniversalTrack, romanise: (text: string) => string): SearchQueries {
  const [artist] = track.artists;
  const title = bareTitle(track.title);
  const first: SearchQuery = { by: "fields", title, ...(artist ? { artist } : {}) };
  const known = new Set([nameOf(first)]);
  const unknown = (queries: readonly SearchQuery[]): SearchQuery[] =>
    queries.filter((query) => {
      const name = nameOf(query);
      return name !== "" && !known.has(name) && known.add(name);
    });
  const words = (...parts: readonly (string | undefined)[]): SearchQuery => ({
    by: "words",
    words: parts.filter(Boolean).join(" "),
  });
  const latin = [romanise(artist ?? ""), romanise(title)];
  return {
    first,
    wider: unknown([
      words(artist, title),
      ...(latin.some(Boolean) ? [words(latin[0] || artist, latin[1] || title)] : []),
      { by: "fields", title },
    ]),
    narrower: unknown([
      ...(wholeTitle(track) === title ? [] : [words(artist, wholeTitle(track))]),
      ...(track.album ? [{ ...first, album: bareTitle(track.album) }] : []),
    ]).slice(0, 1),
  };
}

function nameOf(query: SearchQuery): string {
  const parts = query.by === "words" ? [query.words] : [query.title, query.artist, query.album, "fields"];
  const name = parts.filter(Boolean).join("|").toLowerCase();
  return name === "fields" ? "" : name;
}

/** The title with what the service keeps in a field of its own. */
function wholeTitle({ title, version }: UniversalTrack): string {
  return version && !title.toLowerCase().includes(version.toLowerCase()) ? `${title} ${version}` : title;
}

/** Brackets, guests and dash tails keep many a service's search from finding anything; the matcher weighs them afterwards. */
function bareTitle(title: string): string {
  const bare = title
    .slice(0, LONGEST)
    .replace(/\s[([][^()[\]]*[)\]]/g, "")
    .replace(/\s[-–—]\s.*$/, "")
    .replace(/\s(?:feat|ft|featuring)\b.*$/i, "")
    .trim();
  return bare || title.slice(0, LONGEST);
}

/** No real title is longer, and no service's search reads as much. */
const LONGEST = 300;
