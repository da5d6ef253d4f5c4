import type { UniversalTrack } from "@syncer/core";
import type { Random } from "./seeded-random.ts";
import { drop, freshCode, type MadePair, otherCatalogue, pieces, type View, versions } from "./views-same.ts";

/** Without tails, so that an added one is the only one. */
const plain = (track: UniversalTrack): boolean => !/ [-–] |[([]/.test(track.title);

const acts = [
  "Ann Vale",
  "The Harbour Lights",
  "Bo Lund",
  "Orchid & Ash",
  "Mira Stone",
  "DJ Copper",
  "Los Faros",
  "Nordwind",
];
const remixers = ["Nova", "Orbit", "Tall Paul", "Kestrel", "Mono Lisa", "Fenwick", "Astra"];

/** Other recordings that look like this one; each is one failure class. */
export const otherRecording: readonly View[] = [
  // Covers are often near in length, and sit on no album of the original.
  view("cover", (track, random) => {
    if (/feat|ft\.|with /i.test(track.title)) return undefined; // a guest in the title stays an artist in common
    return { ...track, artists: [random.pick(acts)], durationMs: near(track, random), album: random.pick(pieces) };
  }),
  view("homonym", (track, random, other) => {
    if (/feat|ft\.|with | vs /i.test(track.title)) return undefined;
    return { ...other, title: track.title, ...(random.chance(0.3) ? { durationMs: near(track, random) } : {}) };
  }),
  plainOnly("version on one side", (track, random) => ({
    ...track,
    title: `${track.title}${random.pick([" (%)", " - %", " [%]"]).replace("%", random.pick(versions))}`,
    durationMs: random.chance(0.4) ? (track.durationMs ?? 0) : near(track, random),
    ...(random.chance(0.6) ? { album: `${track.album} ${random.pick(["Live", "Sessions", "Remixes"])}` } : {}),
  })),
  {
    make(track, random) {
      if (!plain(track)) return undefined;
      const kind = random.pick(["Remix", "Edit", "Bootleg", "Dub"]);
      const [one, two] = random.chance(0.5) ? remixers : [...remixers].reverse();
      const a = { ...track, title: `${track.title} (${one} ${kind})` };
      const b = {
        ...track,
        title: `${track.title} - ${two} ${kind}`,
        durationMs: random.chance(0.5) ? (track.durationMs ?? 0) : near(track, random),
      };
      return pair("another version", a, b, random);
    },
  },
  {
    make(track, random) {
      if (!plain(track)) return undefined;
      const [form, one, two] = random.pick([
        [", Pt. %", "1", "2"],
        [" (Part %)", "One", "Two"],
        [" Vol. %", "3", "4"],
        [" %", "II", "III"],
        [" - Part %", "I", "II"],
      ] as const);
      const a = { ...track, title: track.title + form.replace("%", one) };
      return pair(
        "another part",
        a,
        {
          ...track,
          title: track.title + form.replace("%", two),
          durationMs: near(track, random),
          trackNumber: (track.trackNumber ?? 1) + 1,
        },
        random,
      );
    },
  },
  // Same artist and album, another song: the title alone has to tell.
  view("same artist, other song", (track, random, other) => ({
    ...track,
    title: other.title === track.title ? random.pick(pieces) : other.title,
    durationMs: near(track, random),
    trackNumber: (track.trackNumber ?? 1) + 1,
  })),
  plainOnly("longer title", (track, random) => ({
    ...track,
    title: random.chance(0.5) ? `${track.title} ${random.pick(pieces)}` : `${random.pick(pieces)} ${track.title}`,
    durationMs: near(track, random),
  })),
  plainOnly("other tail", (track, random) => {
    // Real neighbours hardly ever differ in nothing but a tail; a full share would make every subtitle suspicious.
    if (random.chance(0.6)) return undefined;
    return {
      ...track,
      title: `${track.title} (${random.pick(pieces)})`,
      durationMs: near(track, random),
      trackNumber: (track.trackNumber ?? 1) + 3,
    };
  }),
  plainOnly("imitation", (track, random) => {
    const durationMs = random.chance(0.5) ? (track.durationMs ?? 0) : near(track, random);
    return random.chance(0.5)
      ? {
          ...track,
          durationMs,
          artists: [random.pick(["Karaoke Stars", "Tribute Heroes", "8-Bit Arcade", "Lullaby Players"])],
          title: random.chance(0.5) ? track.title : `${track.title} (In the Style of ${track.artists[0]})`,
        }
      : {
          ...track,
          durationMs,
          album: random.pick(["Karaoke Hits 12", `A Tribute to ${track.artists[0]}`, "Live in Oslo", "Unplugged"]),
        };
  }),
  // Labels send wrong codes: an equal code with nothing else in common.
  {
    make(track, random, other) {
      const b = random.chance(0.5)
        ? { ...other, isrc: track.isrc ?? freshCode(random) }
        : { ...track, title: other.title, durationMs: near(track, random) };
      return {
        class: "wrong code",
        a: { ...track, isrc: b.isrc ?? freshCode(random) },
        b: { ...b, isrc: b.isrc ?? freshCode(random) },
      };
    },
  },
  // Somebody plays it on a channel of their own, or the upload is a take of another evening.
  {
    make(track, random) {
      const [main = ""] = track.artists;
      const cover = random.chance(0.5);
      const upload = drop(track, "isrc", "album", "trackNumber", "explicit", "releaseDate");
      const title = cover
        ? random.pick([`${track.title} (Cover)`, `${main} - ${track.title} (Cover by Ann Vale)`, track.title])
        : `${main} - ${track.title} ${random.pick(["(Live)", "(Nova Remix)", "Karaoke", "- Instrumental", "(Sped Up)"])}`;
      const artists = [cover ? random.pick(acts) : random.pick(["Melody Channel", main])];
      const durationMs = random.chance(0.3) ? (track.durationMs ?? 0) : near(track, random);
      return plain(track)
        ? { class: "upload of another", a: track, b: { ...upload, title, artists, durationMs } }
        : undefined;
    },
  },
  plainOnly("one word apart", (track, random) => {
    const words = track.title.split(" ");
    if (words.length < 2) return undefined;
    const at = random.between(0, words.length - 1);
    const word = random.pick(["Night", "Stars", "Fire", "Love", "Summer", "Never"]);
    const title = words.map((old, i) => (i === at ? word : old)).join(" ");
    return title === track.title ? undefined : { ...track, title, durationMs: near(track, random) };
  }),
  // A cut of another length: "Radio Edit" that is one.
  plainOnly("another cut", (track, random) => ({
    ...track,
    title: `${track.title}${random.pick([" - Radio Edit", " (Single Version)", " - Radio Mix"])}`,
    durationMs: Math.max(60_000, (track.durationMs ?? 0) - random.between(14_000, 120_000)),
  })),
  view("another take", (track, random) => ({
    ...track,
    durationMs: (track.durationMs ?? 0) + random.pick([-1, 1]) * random.between(25_000, 110_000),
    ...(random.chance(0.7) ? { album: random.pick(pieces), releaseDate: "2015" } : {}),
  })),
];

function view(name: string, change: Change): View {
  return {
    make(track, random, other) {
      const changed = change(track, random, other);
      return changed && pair(name, track, changed, random);
    },
  };
}

type Change = (track: UniversalTrack, random: Random, other: UniversalTrack) => UniversalTrack | undefined;

function plainOnly(name: string, change: Change): View {
  return view(name, (track, random, other) => (plain(track) ? change(track, random, other) : undefined));
}

/** Fields go missing on this side as they do elsewhere, but where only the length tells, it stays. */
function pair(name: string, a: UniversalTrack, b: UniversalTrack, random: Random): MadePair {
  let shown = drop(otherCatalogue(b, random), "isrc");
  if ((name === "another take" || name === "another cut") && b.durationMs)
    shown = { ...shown, durationMs: b.durationMs };
  if (name === "imitation" && b.album !== undefined) shown = { ...shown, album: b.album };
  if (random.chance(0.4)) shown = { ...shown, isrc: freshCode(random) };
  // Another recording has another place and, as often as not, another year.
  if (shown.trackNumber !== undefined) shown = { ...shown, trackNumber: (a.trackNumber ?? 1) + random.between(1, 6) };
  if (shown.releaseDate !== undefined && random.chance(0.6))
    shown = { ...shown, releaseDate: String(random.between(1975, 2024)) };
  if (random.chance(0.5)) shown = { ...shown, explicit: random.chance(0.2) };
  return { class: name, a: random.chance(0.5) ? drop(a, "isrc") : a, b: shown };
}

/** Lengths of songs cluster: about one in six is within two seconds by chance. */
function near(track: UniversalTrack, random: Random): number {
  const base = track.durationMs ?? 200_000;
  return random.chance(0.15)
    ? base + random.between(-2_000, 2_000)
    : Math.max(45_000, base + random.between(-60_000, 60_000));
}
