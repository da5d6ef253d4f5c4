import type { SearchQuery } from "@syncer/core";
import type { SavedKind } from "./deezer-api.ts";

/** Generous for any real title; keeps the request line short. */
const LONGEST_VALUE = 120;

/**
 * A search query in Deezer's syntax, with everything defused that Deezer would read as an operator: quotes end a
 * field's value, and `word:` at the beginning of a word starts another field.
 *
 * @param kind what is searched for, whose own name is the title of the query
 * @returns `undefined` if nothing is left to search for
 */
export function deezerQuery(query: SearchQuery, kind: "track" | SavedKind = "track"): string | undefined {
  if (query.by === "words") return plainWords(query.words) || undefined;
  const title = plainWords(query.title);
  if (title === "") return undefined;
  const fields = [
    ["artist", kind === "artist" ? title : plainWords(query.artist ?? "")],
    ["track", kind === "track" ? title : ""],
    ["album", kind === "album" ? title : plainWords(query.album ?? "")],
  ] as const;
  return fields.flatMap(([name, value]) => (value === "" ? [] : [`${name}:"${value}"`])).join(" ");
}

function plainWords(text: string): string {
  const words = text
    .toWellFormed()
    .replace(/["“”„:\\]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (words.length <= LONGEST_VALUE) return words;
  const space = words.lastIndexOf(" ", LONGEST_VALUE);
  return space > 0 ? words.slice(0, space) : words.slice(0, LONGEST_VALUE).replace(/[\uD800-\uDBFF]$/, "");
}
