/** What orders results beside the text. */
export interface Ranked {
  readonly id: string | number;
  /** 0 to 1,000,000. */
  readonly rank: number;
}

/** The texts of one item that a search looks at. */
export interface SearchableTexts {
  readonly title: string;
  readonly artists: readonly string[];
  readonly album: string;
}

/** Words that must stand in one field each. */
export interface FieldedWords {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  /** Words outside any field. */
  readonly anywhere?: string;
}

type Field = "title" | "artist" | "album" | "anywhere";
type Postings = Map<string, number[]>;

/**
 * Folds a text into search words the way catalogue searches do: marks stripped, lower case, apostrophes dropped. Scripts
 * stay as they are, so that Latin queries do not find titles stored in Cyrillic.
 */
function searchWords(text: string): string[] {
  const folded = text
    .normalize("NFKD")
    .replaceAll(/\p{M}|['’`]/gu, "")
    .toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** An inverted index over one service's items of a kind, built once. */
export class SearchIndex<T extends Ranked> {
  readonly #tracks: readonly T[];
  readonly #postings: Record<Field, Postings> = {
    title: new Map(),
    artist: new Map(),
    album: new Map(),
    anywhere: new Map(),
  };
  readonly #titleLengths: number[] = [];

  constructor(tracks: readonly T[], textsOf: (track: T) => SearchableTexts) {
    this.#tracks = tracks;
    for (const [position, track] of tracks.entries()) {
      const texts = textsOf(track);
      this.#titleLengths.push(Math.max(1, this.#add("title", texts.title, position)));
      this.#add("artist", texts.artists.join(" "), position);
      this.#add("album", texts.album, position);
    }
  }

  #add(field: Field, text: string, position: number): number {
    const words = searchWords(text);
    for (const word of words) {
      for (const name of [field, "anywhere"] as const) {
        const postings = this.#postings[name];
        const list = postings.get(word);
        if (list === undefined) postings.set(word, [position]);
        else if (list.at(-1) !== position) list.push(position);
      }
    }
    return words.length;
  }

  /**
   * Tracks that hold enough of the words, best first.
   *
   * @param share how much of the words' weight must be found: 1 is exact, services are more lenient with plain words
   */
  plain(text: string, share: number): T[] {
    const words = [...new Set(searchWords(text))];
    const weights = words.map((word) => this.#weight("anywhere", word));
    const needed = weights.reduce((sum, weight) => sum + weight, 0) * share - 1e-9;
    const scores = new Map<number, number>();
    for (const [index, word] of words.entries()) {
      const weight = weights[index] ?? 0;
      for (const position of this.#postings.anywhere.get(word) ?? []) {
        scores.set(position, (scores.get(position) ?? 0) + weight);
      }
    }
    const found = [...scores].filter(([, score]) => score >= needed && score > 0);
    return this.#ranked(found, words);
  }

  /** Tracks that hold every word in the field that it was asked for, best first. */
  fielded(words: FieldedWords): T[] {
    let positions: Set<number> | undefined;
    for (const field of ["title", "artist", "album", "anywhere"] as const) {
      for (const word of searchWords(words[field] ?? "")) {
        const list = this.#postings[field].get(word) ?? [];
        const before = positions;
        positions = new Set(before === undefined ? list : list.filter((position) => before.has(position)));
      }
    }
    const found = [...(positions ?? [])].map((position) => [position, 0] as const);
    return this.#ranked(found, searchWords(words.title ?? ""));
  }

  #weight(field: Field, word: string): number {
    const count = this.#postings[field].get(word)?.length ?? 0;
    return Math.log(1 + this.#tracks.length / (1 + count));
  }

  /** Text first, then how well the title is covered, then popularity: so decoys that are popular come up. */
  #ranked(found: readonly (readonly [position: number, score: number])[], words: readonly string[]): T[] {
    const inTitle = new Map<number, number>();
    if (found.length < 2_000) {
      const wanted = new Set(found.map(([position]) => position));
      for (const word of words) {
        for (const position of this.#postings.title.get(word) ?? []) {
          if (wanted.has(position)) inTitle.set(position, (inTitle.get(position) ?? 0) + 1);
        }
      }
    }
    const scored = found.flatMap(([position, score]) => {
      const track = this.#tracks[position];
      if (track === undefined) return [];
      const coverage = (inTitle.get(position) ?? 0) / (this.#titleLengths[position] ?? 1);
      return [{ track, score: score + 2 * Math.min(1, coverage) + (1.5 * track.rank) / 1_000_000 }];
    });
    scored.sort((a, b) => b.score - a.score || (a.track.id < b.track.id ? -1 : 1));
    return scored.map(({ track }) => track);
  }
}
