import type { Dice } from "../seeded.ts";
import type { Recording } from "./recordings.ts";
import { titleStem } from "./titles.ts";
import type { DecoyKind } from "./tracks.ts";

/**
 * Another recording of a song, of the kinds that real searches bring beside or instead of the right one. Wholly derived:
 * the artists of karaoke, tribute and cover versions are invented, so that nothing is claimed about real people.
 */
export interface Decoy {
  readonly key: string;
  readonly kind: Exclude<DecoyKind, "wrong-code">;
  /** 0 for the first decoy of a recording. */
  readonly ordinal: number;
  readonly spotifyTitle: string;
  /** `undefined`: the artists of the original. */
  readonly artistNames: readonly string[] | undefined;
  readonly albumName: string;
  readonly year: number;
  /** 0 for some live takes too: a live take can have the studio length to the second. */
  readonly secondsLonger: number;
  readonly rank: number;
}

const KINDS = ["karaoke", "tribute", "cover", "live", "live", "remix", "remix", "instrumental", "sped-up"] as const;
const KARAOKE_ACTS = ["Microphone Night Karaoke", "Zing Along Studio", "Backing Track Bureau"] as const;
const TRIBUTE_ACTS = ["The Mirror Ball Tribute Band", "Hit Parade Replay", "Second Pressing All-Stars"] as const;
const COVER_ACTS = ["Juniper Wells", "The Paper Lighthouse", "Odd Harbor Quartet"] as const;
const REMIXERS = ["Nova Transit", "Kestrel Drive", "DJ Halvorsson"] as const;
const VENUES = ["Live", "Live in Oslo", "Live at the Dome"] as const;

/** None to three decoys of a recording on one service, by seed. */
export function decoysOf(recording: Recording, service: "spotify" | "deezer", rate: number, dice: Dice): Decoy[] {
  const trait = `${service}-decoys`;
  if (!dice.happens(trait, recording.group, rate)) return [];
  // Several releases of a recording share its decoys: only the row that gave the group its name brings them.
  if (recording.group !== recording.spotifyId) return [];
  const count = 1 + dice.roll(`${trait}-count`, recording.group, 3);
  return Array.from({ length: count }, (_, ordinal) =>
    createDecoy(recording, `${service}:${recording.group}:${ordinal}`, ordinal, dice),
  );
}

function createDecoy(recording: Recording, key: string, ordinal: number, dice: Dice): Decoy {
  const kind = dice.pick("decoy-kind", key, KINDS);
  const stem = titleStem(recording.title);
  const common = {
    key,
    kind,
    ordinal,
    artistNames: undefined,
    albumName: stem,
    year: recording.year,
    // A third of the decoys outrank originals.
    rank: dice.happens("decoy-rank-high", key, 0.33)
      ? 800_000 + dice.roll("decoy-rank", key, 200_000)
      : dice.roll("decoy-rank", key, 300_000),
    secondsLonger: dice.roll("decoy-length", key, 9) - 4,
  };
  switch (kind) {
    case "karaoke": {
      const artist = dice.pick("decoy-act", key, KARAOKE_ACTS);
      const remark = dice.pick("decoy-remark", key, ["Karaoke Version", `In the Style of ${recording.artists[0]}`]);
      return { ...common, spotifyTitle: `${stem} - ${remark}`, artistNames: [artist], albumName: "Karaoke Hits 12" };
    }
    case "tribute": {
      const artist = dice.pick("decoy-act", key, TRIBUTE_ACTS);
      const albumName = `A Tribute to ${recording.artists[0]}`;
      // Some tribute acts give no hint in the title: artist and album are all there is.
      return { ...common, spotifyTitle: stem, artistNames: [artist], albumName };
    }
    case "cover":
      return {
        ...common,
        spotifyTitle: stem,
        artistNames: [dice.pick("decoy-act", key, COVER_ACTS)],
        albumName: "Covers",
        secondsLonger: 6 + common.secondsLonger,
      };
    case "live": {
      const venue = dice.pick("decoy-venue", key, VENUES);
      const secondsLonger = dice.happens("live-studio-length", key, 0.25) ? 0 : 8 + dice.roll("live-length", key, 60);
      return {
        ...common,
        spotifyTitle: `${stem} - ${venue}`,
        albumName: `${venue}`,
        year: recording.year + 2,
        secondsLonger,
      };
    }
    case "remix": {
      const remixer = dice.pick("decoy-remixer", key, REMIXERS);
      const secondsLonger = dice.happens("remix-same-length", key, 0.2) ? 0 : 40 + dice.roll("remix-length", key, 150);
      return {
        ...common,
        spotifyTitle: `${stem} - ${remixer} Remix`,
        artistNames: [...recording.artists, remixer],
        secondsLonger,
      };
    }
    case "instrumental":
      return { ...common, spotifyTitle: `${stem} - Instrumental` };
    case "sped-up":
      return {
        ...common,
        spotifyTitle: `${stem} - Sped Up Version`,
        secondsLonger: -Math.round(recording.durationMs / 8_000),
      };
  }
}
