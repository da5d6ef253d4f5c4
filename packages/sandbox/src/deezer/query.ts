import type { FieldedWords } from "../catalogue/search-index.ts";

/** A search query taken apart. */
export interface DeezerQuery {
  readonly words: FieldedWords;
  readonly fielded: boolean;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

const FILTER = /\b(artist|track|album|label|dur_min|dur_max|bpm_min|bpm_max):(?:"([^"]*)"|(\S+))/gi;

/** Reads field filters: a value is quoted or one word. */
export function parseDeezerQuery(text: string): DeezerQuery {
  const fields = new Map<string, string>();
  const anywhere = text.replaceAll(FILTER, (_, name: string, quoted?: string, word?: string) => {
    fields.set(name.toLowerCase(), quoted ?? word ?? "");
    return " ";
  });
  const title = fields.get("track");
  const artist = fields.get("artist");
  const album = fields.get("album");
  return {
    words: {
      ...(title === undefined ? {} : { title }),
      ...(artist === undefined ? {} : { artist }),
      ...(album === undefined ? {} : { album }),
      anywhere: anywhere.trim(),
    },
    fielded: fields.size > 0,
    minSeconds: Number(fields.get("dur_min") ?? 0),
    maxSeconds: Number(fields.get("dur_max") ?? Number.POSITIVE_INFINITY),
  };
}
