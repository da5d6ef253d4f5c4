import type { DisagreementRates, Sandbox } from "@syncer/sandbox";

/**
 * Services that agree on every recording that both have. Scenarios that are not about matching use it, so that a
 * number of favourites is a number of writes.
 */
export const AGREEING: DisagreementRates = {
  isrcDiffers: 0,
  isrcOnWrongSong: 0,
  missingAtDeezer: 0,
  missingAtSpotify: 0,
  decoysBeside: 0,
  decoysInstead: 0,
  remasterOmitted: 0,
  guestsInTitle: 0,
  artistOrderDiffers: 0,
  secondsOff: [[0, 1]],
  albumDiffers: 0,
  explicitDiffers: 0,
  explicit: 0,
  redelivered: 0,
  unreadable: 0,
  unplayableInCountry: 0,
  relinkedInCountry: 0,
  isrcUnnormalised: 0,
  upcMissing: 0,
  upcDiffers: 0,
  upcPadded: 0,
  trackCountDiffers: 0,
  singleIsEp: 0,
  namesakes: 0,
  namesakesKnown: 0,
};

/** One recording at both services. */
export interface Recording {
  readonly spotify: string;
  readonly deezer: string;
}

/** Recordings that each service holds once, under one ISRC. Always the same ones in the same order. */
export function recordings(sandbox: Sandbox, count: number): readonly Recording[] {
  const { spotify, deezer, truth } = sandbox.catalogue;
  const found: Recording[] = [];
  for (const track of spotify.originals) {
    if (found.length === count) return found;
    const copies = truth.deezerCopies(track.id);
    const [copy] = copies;
    if (copy === undefined || copies.length > 1 || truth.spotifyCopies(copy).length > 1) continue;
    const twin = deezer.byId(copy);
    if (!track.isrc || twin?.isrc !== track.isrc) continue;
    if (spotify.byIsrc(track.isrc).length > 1 || deezer.byIsrc(track.isrc).length > 1) continue;
    found.push({ spotify: track.id, deezer: copy });
  }
  throw new RangeError(`The sandbox's catalogue has only ${found.length} such recordings; ${count} were asked for.`);
}

/** Recordings of Spotify's, with an ISRC, that Deezer does not have in any form. */
export function onlyAtSpotify(sandbox: Sandbox, count: number): readonly string[] {
  const { spotify, truth } = sandbox.catalogue;
  const found = spotify.originals
    .filter(({ id, isrc }) => isrc !== undefined && truth.deezerCopies(id).length === 0)
    .slice(0, count);
  if (found.length < count) throw new RangeError(`The sandbox's catalogue has only ${found.length} such recordings.`);
  return found.map(({ id }) => id);
}

/** A recording that Spotify holds under two ids and Deezer under one. */
export function twiceAtSpotify(sandbox: Sandbox): {
  readonly spotify: readonly [string, string];
  readonly deezer: string;
} {
  const { spotify, deezer, truth } = sandbox.catalogue;
  for (const track of spotify.originals) {
    const copies = truth.deezerCopies(track.id);
    const [copy] = copies;
    if (copy === undefined || copies.length > 1 || track.isrc === undefined) continue;
    const [first, second, ...more] = truth.spotifyCopies(copy);
    if (first === undefined || second === undefined || more.length > 0) continue;
    const codes = new Set([first, second].map((id) => spotify.byId(id)?.isrc));
    if (codes.size === 1 && deezer.byId(copy)?.isrc === track.isrc) return { spotify: [first, second], deezer: copy };
  }
  throw new RangeError("The sandbox's catalogue has no such recording.");
}
