import type { FieldedWords } from "../catalogue/search-index.ts";

/** A search query taken apart. */
export interface SpotifyQuery {
  readonly isrc: string | undefined;
  readonly upc: string | undefined;
  readonly years: readonly [from: number, to: number] | undefined;
  readonly words: FieldedWords;
  /** Whether `track:`, `artist:` or `album:` was used; plain words are matched more leniently. */
  readonly fielded: boolean;
  /** A quoted value with a colon, a lone quote, a filter given twice, or one that applies to nothing here: finds nothing. */
  readonly broken: boolean;
}

const FILTER = /\b(track|artist|album|year|isrc|upc|genre|tag):/gi;

/** Reads field filters. A value runs to its closing quote, or without quotes to the next filter. */
export function parseSpotifyQuery(text: string): SpotifyQuery {
  const fields = new Map<string, string>();
  let broken = (text.match(/"/g)?.length ?? 0) % 2 === 1;
  const matches = [...text.matchAll(FILTER)];
  const anywhere = [text.slice(0, matches[0]?.index ?? text.length)];
  for (const [index, match] of matches.entries()) {
    const start = match.index + match[0].length;
    const segment = text.slice(start, matches[index + 1]?.index ?? text.length).trim();
    const quoted = /^"([^"]*)"(.*)$/s.exec(segment);
    // A filter word inside quotes was cut in two here: its quotes do not pair up.
    if (quoted === null && segment.includes('"')) broken = true;
    if (quoted?.[1]?.includes(":") === true) broken = true;
    const name = (match[1] ?? "").toLowerCase();
    // One value per filter: joining two ISRCs with OR finds nothing.
    if (fields.has(name)) broken = true;
    fields.set(name, quoted?.[1] ?? segment);
    anywhere.push(quoted?.[2] ?? "");
  }
  const years = /^(\d{4})(?:-(\d{4}))?$/.exec(fields.get("year") ?? "");
  const title = fields.get("track");
  const artist = fields.get("artist");
  const album = fields.get("album");
  return {
    isrc: fields.get("isrc"),
    upc: fields.get("upc"),
    years: years === null ? undefined : [Number(years[1]), Number(years[2] ?? years[1])],
    words: {
      ...(title === undefined ? {} : { title }),
      ...(artist === undefined ? {} : { artist }),
      ...(album === undefined ? {} : { album }),
      anywhere: anywhere.join(" ").trim(),
    },
    fielded: title !== undefined || artist !== undefined || album !== undefined,
    broken: broken || ["genre", "tag"].some((filter) => fields.has(filter)),
  };
}
