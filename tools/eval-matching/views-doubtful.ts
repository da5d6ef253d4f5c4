import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";
import { drop, type MadePair, otherCatalogue } from "./views-same.ts";

type Made = MadePair & { readonly same: boolean };

const guests = ["Ann Vale", "The Harbour Lights", "Bo Lund", "Orchid & Ash", "Mira Stone", "Los Faros", "Nordwind"];
const crew = ["Lars Winter", "Nordwind Orchestra", "Choir of the Harbour", "Fenwick"];
const plainTitle = /^[^-–([\d]+$/;

/**
 * What is one recording here and another there: credits of which each side has a name that the other lacks, and a part
 * number on one side only.
 */
export function doubtfulPairs(track: UniversalTrack, random: Random): readonly Made[] {
  const [main = ""] = track.artists;
  if (main === "" || !plainTitle.test(track.title) || / [ivx]+$/i.test(track.title)) return [];
  return random.chance(0.5) ? creditPairs(track, main, random) : partPairs(track, random);
}

/** The producer here and the orchestra there; another guest; the same guest of somebody else. */
function creditPairs(track: UniversalTrack, main: string, random: Random): readonly Made[] {
  const [one, two] = twoOf(guests, random);
  const [leadA, guestA, leadB, guestB] = random.chance(0.6) ? [main, one, main, two] : [main, one, two, one];
  const inTitle = random.chance(0.5);
  const by = (lead: string, guest: string): UniversalTrack =>
    inTitle
      ? { ...track, title: `${track.title} (feat. ${guest})`, artists: [lead] }
      : { ...track, artists: [lead, guest] };
  const [producer, orchestra] = twoOf(crew, random);
  const same = random.chance(0.7);
  return [
    {
      class: "other guests",
      same: false,
      ...sidesOf(by(leadA, guestA), apart(by(leadB, guestB), random), random),
    },
    ...(same
      ? [
          {
            class: "credits of another kind",
            same,
            ...sidesOf({ ...track, artists: [main, producer] }, { ...track, artists: [main, orchestra] }, random),
          },
        ]
      : []),
  ];
}

/** The first part goes without its number until there is a second. */
function partPairs(track: UniversalTrack, random: Random): readonly Made[] {
  const first = random.pick([", Pt. 1", " (Part One)", ", Pt. I", " - Part 1"]);
  const second = random.pick([", Pt. 2", " (Part 2)", " II", " (Part Three)"]);
  const other = apart({ ...track, title: track.title + second }, random);
  return [
    { class: "part left out", same: true, ...sidesOf(track, { ...track, title: track.title + first }, random) },
    ...(random.chance(0.5) ? [{ class: "part on one side", same: false, ...sidesOf(track, other, random) }] : []),
  ];
}

function twoOf(names: readonly string[], random: Random): readonly [string, string] {
  const at = random.between(0, names.length - 1);
  return [names[at] ?? "", names[(at + random.between(1, names.length - 1)) % names.length] ?? ""];
}

function apart(track: UniversalTrack, random: Random): UniversalTrack {
  const lengthMs = (track.durationMs ?? 200_000) + random.pick([-1, 1]) * random.between(500, 50_000);
  const other = { ...track, durationMs: lengthMs, trackNumber: (track.trackNumber ?? 1) + random.between(1, 6) };
  return random.chance(0.6) ? { ...other, releaseDate: String(random.between(1975, 2024)) } : other;
}

function sidesOf(a: UniversalTrack, b: UniversalTrack, random: Random): { a: UniversalTrack; b: UniversalTrack } {
  const shown = drop(otherCatalogue(b, random), "isrc");
  return random.chance(0.5) ? { a: drop(a, "isrc"), b: shown } : { a: shown, b: drop(a, "isrc") };
}
