import type { SearchQuery } from "../../contract/index.ts";
import type {
  ItemKindName,
  UniversalAlbum,
  UniversalArtist,
  UniversalItem,
  UniversalItems,
  UniversalTrack,
} from "../../items/index.ts";

/** The queries for one item; no two of them are the same. */
export interface SearchQueries {
  /** Finds most items, and costs one request each: title and artist, without versions and guests. */
  readonly first: SearchQuery;
  /** After a first query that gave nothing: another spelling, another script, another artist. */
  readonly wider: readonly SearchQuery[];
  /** After a first query that gave a full page of others: whatever else tells the item from them. */
  readonly narrower: readonly SearchQuery[];
}

/** As much of an item as it is searched by. */
interface Sought {
  readonly title: string;
  /** With what the service keeps in a field of its own. */
  readonly whole: string;
  readonly artist?: string | undefined;
  readonly album?: string | undefined;
}

const sought: { readonly [K in ItemKindName]?: (item: UniversalItems[K]) => Sought } = {
  track: (track: UniversalTrack) => ({
    title: bareTitle(track.title),
    whole: wholeTitle(track),
    artist: track.artists[0],
    album: track.album && bareTitle(track.album),
  }),
  album: ({ name, artists }: UniversalAlbum) => ({ title: bareTitle(name), whole: name, artist: artists[0] }),
  artist: ({ name }: UniversalArtist) => ({ title: name.slice(0, LONGEST), whole: name }),
};

/** @param romanise Latin letters for a text in another script, or `""` */
export function searchQueries(
  kind: ItemKindName,
  item: UniversalItem,
  romanise: (text: string) => string,
): SearchQueries {
  const ofKind: { sought?(item: UniversalItem): Sought } = { ...(sought[kind] ? { sought: sought[kind] } : {}) };
  const { title, whole, artist, album } = ofKind.sought?.(item) ?? { title: "", whole: "" };
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
      ...(whole === title ? [] : [words(artist, whole)]),
      ...(album ? [{ ...first, album }] : []),
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
