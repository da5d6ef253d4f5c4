import type { AlbumSignName, albumSignGrades } from "./album-signs.ts";
import type { ArtistSignName, artistSignGrades } from "./artist-signs.ts";
import type { AnyComparison } from "./item-matcher.ts";
import type { SignName, SignState, signGrades } from "./signs.ts";

/** A sign of whatever kind of items. */
export type AnySignName = SignName | AlbumSignName | ArtistSignName;

/**
 * Every code that a match can be explained with, and its English text. Codes are stable; texts are not. Parameters
 * hold numbers and codes only, never a title or a name, so that an explanation may be stored and logged.
 */
export const matchTexts = {
  "matched.above-threshold": (p: { confidence: number }) => `Matched with confidence ${percent(p.confidence)}.`,
  "uncertain.below-threshold": (p: { confidence: number; threshold: number }) =>
    `Uncertain: confidence ${percent(p.confidence)} is below the threshold of ${percent(p.threshold)}.`,
  "uncertain.rival": (p: { confidence: number; rival: number }) =>
    `Uncertain: another recording fits nearly as well (${percent(p.rival)}).`,
  "none.no-candidates": (_: Record<never, never>) => "Not found: the service offered nothing.",
  "none.refused": (p: { candidates: number; veto: AnySignName }) =>
    `Not found: none of ${p.candidates} offered is it (${p.veto}).`,
  "none.too-unlike": (p: { candidates: number; confidence: number; sign?: AnySignName }) =>
    `Not found: the best of ${p.candidates} offered reaches ${percent(p.confidence)}.`,

  "title.exact": () => "same title",
  "title.variant": () => "same title in another reading",
  "title.tail-one-sided": () => "same title, longer on one side",
  "title.close": () => "nearly the same title",
  "title.similar": () => "similar title",
  "title.contained": () => "one title contains the other",
  "title.romanised": () => "same title, romanised",
  "title.other-script": () => "titles in different scripts",
  "title.tail-different": () => "titles end differently",
  "title.different": () => "different titles",
  "version.same": () => "same version",
  "version.partial": () => "same kind of version",
  "version.soft-confirmed": () => "“edit” or “mono” on one side, but the same length",
  "version.soft-unconfirmed": () => "“edit” or “mono” on one side, and no length to tell",
  "version.soft-refuted": () => "“edit” or “mono” on one side, and another length",
  "version.context-one-sided": () => "the album or artist of one side names another version",
  "version.one-sided": () => "a version such as “live” or “remix” on one side only",
  "version.different": () => "different versions",
  "numbers.same": () => "same number",
  "numbers.one-sided": () => "a part number on one side only",
  "numbers.different": () => "different numbers",
  "artists.same": () => "same artists",
  "artists.subset": () => "same main artist",
  "artists.main": () => "same main artist, other guests",
  "artists.some": () => "an artist in common",
  "artists.close": () => "artist spelled differently",
  "artists.romanised": () => "same artist, romanised",
  "artists.in-title": () => "artist in the title",
  "artists.other-script": () => "artists in different scripts",
  "artists.unknown": () => "artist unknown",
  "artists.disjoint": () => "different artists",
  "album.same": () => "same album",
  "album.similar": () => "similar album",
  "album.different": () => "another album",
  "length.within-2s": () => "same length",
  "length.within-4s": () => "nearly the same length",
  "length.within-8s": () => "length differs by 4 to 8 s",
  "length.within-15s": () => "length differs by 8 to 15 s",
  "length.within-30s": () => "length differs by 15 to 30 s",
  "length.beyond-30s": () => "length differs by more than 30 s",
  "length.unknown": () => "length unknown",
  "year.same": () => "same year",
  "track.same": () => "same track number",
  "track.different": () => "another track number",
  "isrc.same": () => "same ISRC",
  "isrc.same-unsound": () => "same ISRC, but the rest speaks against it",
  "isrc.different": () => "another ISRC",
  "explicit.different": () => "explicit on one side only",
  "edition.same": () => "same edition",
  "edition.remaster-one-sided": () => "a remaster on one side only",
  "edition.one-sided": () => "an edition such as “deluxe” on one side only",
  "edition.different": () => "different editions",
  "count.same": () => "same number of tracks",
  "count.near": () => "nearly the same number of tracks",
  "count.different": () => "another number of tracks",
  "release.same": () => "same kind of release",
  "release.other": () => "a single on one side, an album on the other",
  "year.different": () => "another year",
  "upc.same": () => "same UPC",
  "upc.same-unsound": () => "same UPC, but the rest speaks against it",
  "upc.different": () => "another UPC",
  "name.exact": () => "same name",
  "name.variant": () => "same name, with more on one side",
  "name.romanised": () => "same name, romanised",
  "name.close": () => "nearly the same name",
  "name.unknown": () => "no name to compare",
  "name.different": () => "different names",
  "namesakes.none": () => "nobody else of that name",
  "namesakes.leads": () => "by far the best known of that name",
  "namesakes.several": () => "several of that name, and nothing tells which",
  "followers.alike": () => "about as well known",
  "followers.apart": () => "known to far more people on one side",
} as const;

export type MatchTextCode = keyof typeof matchTexts;
type ParamsOf<C extends MatchTextCode> =
  Parameters<(typeof matchTexts)[C]> extends [infer P] ? P : Record<never, never>;

export type VerdictCode = Extract<MatchTextCode, `${"matched" | "uncertain" | "none"}.${string}`>;
/** Why a verdict came out as it did: a stable code with its parameters. */
export type VerdictReason = { [C in VerdictCode]: { readonly code: C; readonly params: ParamsOf<C> } }[VerdictCode];

/** A replacement for some or all texts, for example in another language. */
export type MatchTextCatalogue = { readonly [C in MatchTextCode]?: (params: ParamsOf<C>) => string };

type CodesOf<T> = { [N in keyof T & string]: `${N}.${keyof T[N] & string}` }[keyof T & string];
type SignCode = CodesOf<typeof signGrades> | CodesOf<typeof albumSignGrades> | CodesOf<typeof artistSignGrades>;

/** What decides comes first, so that the sentence can be cut. */
const order = [
  ...(["isrc", "upc", "title", "name", "namesakes", "artists", "version", "edition", "numbers", "length"] as const),
  ...(["count", "release", "followers", "album", "track", "explicit"] as const),
];
/** Says nothing where it is not the same. */
const quietUnlessSame: ReadonlySet<AnySignName> = new Set(["isrc", "upc"]);
const mostAgreeing = 4;

/**
 * One short sentence from the signs: what agrees, then what speaks against it ("Same title, same artists; a version
 * such as “live” or “remix” on one side only."). After a veto, only the sign that refused.
 */
export function describeMatch(comparison: AnyComparison, catalogue: MatchTextCatalogue = {}): string {
  const signs: { readonly [N in AnySignName]?: { readonly state: SignState; readonly grade: string } } =
    comparison.signs;
  const textOf = (name: AnySignName): string | undefined => {
    const code = `${name}.${signs[name]?.grade}` as SignCode;
    return isTextCode(code) ? signText(code, catalogue) : undefined;
  };
  const { veto } = comparison;
  if (veto !== undefined) return sentence([textOf(veto) ?? veto]);
  const texts = (wanted: (state: SignState | undefined, name: AnySignName) => boolean): string =>
    order
      .filter((name) => wanted(signs[name]?.state, name))
      .flatMap((name) => textOf(name) ?? [])
      .slice(0, mostAgreeing)
      .join(", ");
  const agreeing = texts((state) => state === "agree");
  const against = texts((state, name) => state === "disagree" || (state === "unknown" && !quietUnlessSame.has(name)));
  return sentence([agreeing, against].filter((text) => text !== ""));
}

/** The text of a verdict's reason, from another catalogue if one is given. */
export function describeVerdict(reason: VerdictReason, catalogue: MatchTextCatalogue = {}): string {
  const text = (catalogue[reason.code] ?? matchTexts[reason.code]) as (params: VerdictReason["params"]) => string;
  return text(reason.params);
}

function isTextCode(code: SignCode): code is Extract<SignCode, MatchTextCode> {
  return code in matchTexts;
}

function signText(code: Extract<SignCode, MatchTextCode>, catalogue: MatchTextCatalogue): string {
  return (catalogue[code] ?? matchTexts[code])({});
}

function sentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}
