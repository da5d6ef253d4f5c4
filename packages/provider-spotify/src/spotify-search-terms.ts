import type { SearchQuery } from "@syncer/core";
import type { LibraryKind } from "./spotify-api.ts";

/** A limit of our own, in UTF-16 units: Spotify states none, and what a longer query says more finds nothing more. */
const LONGEST_QUERY = 250;

/**
 * A search query in Spotify's syntax, with everything defused that Spotify would read as an operator: quotes end a
 * field's value, a colon makes a filter of the word before it, capital AND, OR, NOT and a leading hyphen combine words.
 *
 * @param kind what is searched for, whose own name is the title of the query
 * @returns `undefined` if nothing is left to search for
 */
export function spotifyQuery(query: SearchQuery, kind: LibraryKind = "track"): string | undefined {
  if (query.by === "words") {
    const words = plainWords(query.words).join(" ");
    return words === "" ? undefined : cutAtWord(words, LONGEST_QUERY);
  }
  const title = plainWords(query.title).join(" ");
  if (title === "") return undefined;
  const filters = [`${kind}:"${cutAtWord(title, 120)}"`];
  for (const [name, value] of [
    ["artist", query.artist],
    ["album", query.album],
  ] as const) {
    const words = plainWords(value ?? "").join(" ");
    if (words === "" || name === kind) continue;
    const filter = `${name}:"${cutAtWord(words, 80)}"`;
    if ([...filters, filter].join(" ").length <= LONGEST_QUERY) filters.push(filter);
  }
  return filters.join(" ");
}

function plainWords(text: string): readonly string[] {
  return text
    .toWellFormed()
    .replace(/[":*\\“”„]/g, " ")
    .split(/\s+/)
    .map((word) => word.replace(/^-+/, ""))
    .map((word) => (/^(AND|OR|NOT)$/.test(word) ? word.toLowerCase() : word))
    .filter((word) => word !== "");
}

/** Never inside a word or a surrogate pair, unless the first word alone is too long. */
function cutAtWord(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const space = text.lastIndexOf(" ", longest);
  return space > 0 ? text.slice(0, space) : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, "");
}
