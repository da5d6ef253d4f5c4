import type { PairReport } from "@syncer/core";
import { only, REQUEST } from "./phases.ts";
import { type Stage, USER } from "./stage.ts";

/** The same pair as before, from now on in both directions. Its links are kept. */
export const TWO_WAY = {
  ...REQUEST,
  pairs: [{ source: "spotify", target: "deezer", mode: "bidirectional" }],
} as const;

/** What came of additions and removals on both sides. */
export interface BothWays {
  readonly added: number;
  readonly removed: number;
  /** Whether everything that the user did on one side is on the other now. */
  readonly inStep: boolean;
}

/** The user adds on both sides, and later removes one on each; each time one run carries it over. */
export async function syncBothWays(stage: Stage): Promise<BothWays> {
  const { engine, sandbox } = stage;
  const { control, catalogue } = sandbox;
  const fresh = newcomers(stage, 5);
  const [onSpotify, onDeezer] = [fresh.slice(0, 3), fresh.slice(3)];
  control.spotify.seedFavourites(
    USER.spotify,
    onSpotify.map(({ spotify }) => spotify),
  );
  control.deezer.seedFavourites(
    USER.deezer,
    onDeezer.map(({ deezer }) => deezer),
  );
  const first = only((await engine.sync(TWO_WAY)).pairs);
  const has = (side: "spotify" | "deezer", recording: Recording | undefined) =>
    recording !== undefined &&
    (side === "spotify"
      ? catalogue.truth.spotifyCopies(recording.deezer).some((id) => saved(stage).spotify.has(id))
      : catalogue.truth.deezerCopies(recording.spotify).some((id) => saved(stage).deezer.has(id)));
  const added = onSpotify.every((each) => has("deezer", each)) && onDeezer.every((each) => has("spotify", each));

  await later(stage);
  const [one, two] = [onSpotify[0], onDeezer[0]];
  if (one) control.spotify.removeFavourites(USER.spotify, [one.spotify]);
  if (two) control.deezer.removeFavourites(USER.deezer, [two.deezer]);
  const second = only((await engine.sync(TWO_WAY)).pairs);
  return {
    added: first.counts.added,
    removed: second.counts.removed,
    inStep: added && !has("deezer", one) && !has("spotify", two),
  };
}

export interface MassDelete {
  /** What the user cleared at Deezer. */
  readonly cleared: number;
  /** Why the first run did not carry that over. */
  readonly reasons: readonly string[];
  readonly held: number;
  readonly removedWhileHeld: number;
  /** After somebody confirmed exactly that. */
  readonly removed: number;
  readonly status: PairReport["status"];
}

/** A quarter of one side is gone: perhaps a mistake, perhaps a listing that lies. It is held until somebody confirms. */
export async function clearAQuarter(stage: Stage): Promise<MassDelete> {
  const { engine, sandbox } = stage;
  const favourites = sandbox.control.deezer.favourites(USER.deezer);
  remember(stage);
  const { truth } = sandbox.catalogue;
  // Of several releases Spotify shows each country another, and may not take the one that it shows for the one that is
  // saved; see "What it cannot do" in docs/two-way-sync.md.
  const gone = favourites.filter((id, index) => index % 4 === 0 && truth.spotifyCopies(id).length === 1);
  await later(stage);
  const before = saved(stage).spotify.size;
  sandbox.control.deezer.removeFavourites(USER.deezer, gone);
  const { pairId, hold } = only((await engine.sync(TWO_WAY)).pairs);
  if (!hold) throw new Error("the mass delete was not held");
  const removedWhileHeld = before - saved(stage).spotify.size;
  await engine.confirm({ userId: USER.userId, pairId, planHash: hold.hash });
  const confirmed = only((await engine.sync(TWO_WAY)).pairs);
  return {
    cleared: gone.length,
    reasons: hold.reasons,
    held: hold.operations.filter(({ kind }) => kind === "remove").length,
    removedWhileHeld,
    removed: confirmed.counts.removed,
    status: confirmed.status,
  };
}

interface Recording {
  readonly spotify: string;
  readonly deezer: string;
}

/** Recordings that both services have and that the user never had on either, in the order of the catalogue. */
export function newcomers(stage: Stage, count: number): readonly Recording[] {
  const { truth, spotify } = stage.sandbox.catalogue;
  remember(stage);
  const { known } = stage;
  const fresh: Recording[] = [];
  for (const { id } of spotify.originals) {
    if (fresh.length === count) break;
    const deezer = truth.deezerFor(id);
    if (deezer === undefined || truth.spotifyCopies(deezer).length > 1) continue;
    if (known.has(id) || truth.deezerCopies(id).some((copy) => known.has(copy))) continue;
    fresh.push({ spotify: id, deezer });
    known.add(id);
  }
  return fresh;
}

/**
 * The user comes back after both services show everything that they were sent. What is missing sooner is not believed to
 * be gone, so that how much one run carries over would depend on how fast this machine is.
 */
export async function later({ clock }: Pick<Stage, "clock">, afterMs = 15_000): Promise<void> {
  await clock.sleep(afterMs);
}

function remember(stage: Stage): void {
  for (const ids of Object.values(saved(stage))) for (const id of ids) stage.known.add(id);
}

/** What the user has on both services now. */
export function saved({ sandbox }: Stage): { readonly [S in "spotify" | "deezer"]: ReadonlySet<string> } {
  return {
    spotify: new Set(sandbox.control.spotify.favourites(USER.spotify)),
    deezer: new Set(sandbox.control.deezer.favourites(USER.deezer)),
  };
}
