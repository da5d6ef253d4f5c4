import type { UniversalAlbum } from "../items/index.ts";
import { fold, unifyPunctuation } from "./fold.ts";
import { prepareTrack } from "./prepare.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { splitTails } from "./tails.ts";

/**
 * An album, folded and taken apart once. It holds user content: keep it in memory only. Its fields serve the matcher and
 * may change; treat it as opaque.
 */
export interface PreparedAlbum {
  /** The name, read as the title of a track is, and whose it is. */
  readonly named: PreparedTrack;
  /** What the name says of the edition, canonical and sorted: `deluxe`, `anniversary` … */
  readonly editions: readonly string[];
  readonly isRemaster: boolean;
  /** The name is one that an artist may give to several albums: "Live", "Greatest Hits", the artist's own. */
  readonly isGeneric: boolean;
  readonly upc: string | undefined;
  readonly type: UniversalAlbum["type"];
  readonly trackCount: number | undefined;
  readonly playable: boolean | undefined;
}

/** No real name is longer; what a longer one has more is not read. */
const longestName = 1_000;
const releaseWord = /(?: [-–—] | [([])(single|e\.?p\.?)[)\]]?$/i;
/** Only in capitals: "Single" without a mark is a word of the name. */
const looseEp = / (E\.?P\.?)$/;
/** What stands unbracketed at the end of names and is never a word of the name there. */
const looseEdition =
  / (?:(?:super )?deluxe(?: edition| version)?|(?:deluxe|expanded|special|limited|collector'?s|anniversary|bonus) (?:edition|version)|remastered)$/i;

/** Words of editions in the languages that services localise them to, folded. */
const editionWords = new Map(
  Object.entries({
    deluxe: "deluxe deluxeedition luxe delux",
    expanded: "expanded extended erweiterte",
    anniversary: "anniversary jubilaum jubilaumsedition aniversario anniversaire",
    special: "special limited collectors collector sonderedition tour complete ultimate platinum legacy gold",
    bonus: "bonus",
    mono: "mono",
  }).flatMap(([edition, words]) => words.split(" ").map((word) => [word, edition] as const)),
);
/** Folded. */
const genericWords = new Set(
  (
    "live in at the concert mtv unplugged acoustic session sessions demo demos greatest best very of hit hits essential ultimate gold " +
    "collection anthology singles remix remixes mixes covers cover karaoke tribute instrumental instrumentals christmas " +
    "soundtrack volume vol pt part ep untitled vivo en ao dal konzert exitos grandes successi"
  ).split(" "),
);
/** A tail with one of these speaks of an edition, whatever else it says ("Super Deluxe", "25th Anniversary"). */
const sayEdition = /\b(?:edition|edicion|edizione|ausgabe|version|deluxe|expanded|anniversary|bonus|mono)\b/;
const remaster = /\bremaster\w*/;

/** Folds an album and takes it apart; see {@link PreparedAlbum}. Linear in the length of its texts. */
export function prepareAlbum(album: UniversalAlbum): PreparedAlbum {
  const { name, type } = readRelease(album.name.slice(0, longestName));
  const { bare, tails } = takeEditions(name);
  const folded = tails.map(fold);
  const editions = folded.filter((tail) => sayEdition.test(tail)).flatMap(editionsIn);
  const named = prepareTrack({
    title: bare,
    artists: album.artists,
    externalIds: {},
    ...(album.releaseDate === undefined ? {} : { releaseDate: album.releaseDate }),
    ...(album.explicit === undefined ? {} : { explicit: album.explicit }),
  });
  return {
    named,
    isGeneric: named.artistKeys.includes(named.title) || isGeneric(fold(bare)),
    editions: [...new Set(editions)].sort(),
    isRemaster: folded.some((tail) => remaster.test(tail)),
    upc: album.upc,
    type: type ?? album.type,
    trackCount: album.trackCount,
    playable: album.playable,
  };
}

/** All words are such as say what an album is, and not what it is called; a number alone is a name. */
function isGeneric(folded: string): boolean {
  const words = folded.split(" ").filter((word) => !/^\d{1,4}$/.test(word));
  return words.length > 0 && words.every((word) => genericWords.has(word));
}

/** "Tide - Single", "Tide EP": what a store puts behind the name. */
function readRelease(name: string): { readonly name: string; readonly type?: "single" | "ep" } {
  const found = releaseWord.exec(name) ?? looseEp.exec(name);
  if (!found || found.index === 0) return { name };
  return { name: name.slice(0, found.index), type: /^s/i.test(found[1] ?? "") ? "single" : "ep" };
}

/** The name without the tails that speak of an edition only, and all tails that may. */
function takeEditions(name: string): { readonly bare: string; readonly tails: readonly string[] } {
  const text = unifyPunctuation(name);
  const loose = looseEdition.exec(text);
  const head = loose && loose.index > 0 ? text.slice(0, loose.index) : text;
  const tails = splitTails(head, () => true).tails.map((tail) => tail.text);
  return { bare: head, tails: loose && head !== text ? [...tails, loose[0]] : tails };
}

function editionsIn(tail: string): readonly string[] {
  return tail.split(" ").flatMap((word) => editionWords.get(word) ?? []);
}
