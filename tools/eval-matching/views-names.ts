import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";
import { drop, type MadePair, otherCatalogue } from "./views-same.ts";

const plainName = /^\p{Lu}[\p{L}']+(?: \p{Lu}[\p{L}']+)+$/u;
const strangers = ["Tom", "Eva", "Luke", "Nora", "Ines", "Karl"];

/** One artist as another catalogue writes the name. */
const spellings: readonly ((name: string) => string)[] = [
  (name) => (name.startsWith("The ") ? name.slice(4) : `The ${name}`),
  (name) => `DJ ${name}`,
  (name) => `${name} & His Orchestra`,
  (name) => `${name} - Topic`,
  (name) => `${name.replaceAll(" ", "")}VEVO`,
  (name) => name.replace(/^(\p{L})\S+ /u, "$1. "),
  (name) => name.replace(/(?<=\p{L})s(?=\p{L})/u, "$$"),
  (name) => name.replace(/(?<=\p{L})i(?=\p{L})/u, "!"),
  (name) => name.toUpperCase(),
  (name) => name.replace(/ (?=\S+$)/, "  "),
];

/** Another artist whose name is near. */
const neighbours: readonly ((name: string, random: Random) => string)[] = [
  (name, random) => name.replace(/^\S+/, random.pick(strangers)),
  (name, random) => name.replace(/\S+$/, random.pick(["Marlow", "Hansen", "Beckett"])),
  (name) => `${name} Tribute Band`,
  (name) => `Karaoke ${name}`,
];

/** The same recording under a name that is spelled otherwise, and the same title by somebody with a name that is near. */
export function namePairs(track: UniversalTrack, random: Random): readonly (MadePair & { readonly same: boolean })[] {
  const [name = ""] = track.artists;
  if (track.artists.length !== 1 || !plainName.test(name)) return [];
  const spelled = random.pick(spellings)(name);
  const stranger = random.pick(neighbours)(name, random);
  const lengthMs = (track.durationMs ?? 0) + random.pick([-1, 1]) * random.between(1_000, 40_000);
  const cover = { ...track, artists: [stranger], album: "Slow Lantern", durationMs: lengthMs };
  const b = drop(otherCatalogue(cover, random), "isrc");
  return [
    {
      class: "name written otherwise",
      same: true,
      a: drop(track, "isrc"),
      b: otherCatalogue({ ...track, artists: [spelled] }, random),
    },
    ...(stranger === name ? [] : [{ class: "name of another", same: false, a: track, b }]),
  ];
}
