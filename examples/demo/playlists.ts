import { describeReason, type PairPlan, type PairReport } from "@syncer/core";
import { later, newcomers, TWO_WAY } from "./both-ways.ts";
import { only } from "./phases.ts";
import { type Stage, USER } from "./stage.ts";

/** Longer than Spotify may take to tell that a playlist has changed. */
const SNAPSHOTS_MS = 31_000;
const PLAYLISTS = { ...TWO_WAY, type: "playlists" } as const;

/** A playlist with a song that stands in it twice, on a service that allows it and one that does not; and a way back. */
export interface PlaylistScene {
  readonly tracks: { readonly spotify: number; readonly deezer: number };
  /** What Deezer cannot hold, in words. */
  readonly left: string;
  /** The user moved one song at Deezer. */
  readonly moved: { readonly writes: number; readonly moves: number; readonly copiesKept: boolean };
  /** Whether the plan had said that the move could be undone. */
  readonly promised: boolean;
  /** Undone: Spotify's order is what it was, and stays so in the next run. */
  readonly undone: { readonly status: PairReport["status"]; readonly back: boolean; readonly laterWrites: number };
}

export async function syncAPlaylist(stage: Stage): Promise<PlaylistScene> {
  const { engine, sandbox } = stage;
  const { spotify, deezer } = sandbox.control;
  const songs = newcomers(stage, 8).map((each) => each.spotify);
  const again = songs[0];
  const id = spotify.seedPlaylist(USER.spotify, {
    name: "Road trip",
    public: false,
    entries: [...songs, ...(again === undefined ? [] : [again])],
  });
  const first = only((await engine.sync(PLAYLISTS)).pairs);
  const copy = deezer.playlists(USER.deezer).find(({ title }) => title === "Road trip");
  if (!copy) throw new Error("no copy of the playlist was made");
  const tracks = { spotify: spotify.playlistUris(id).length, deezer: deezer.playlistTracks(copy.id).length };
  const left = first.unmatched.find(({ reason }) => reason.code === "unsyncable.copies")?.reason;

  await later(stage, SNAPSHOTS_MS);
  const order = deezer.playlistTracks(copy.id);
  deezer.fillPlaylist(copy.id, [...order.slice(3, 4), ...order.slice(0, 3), ...order.slice(4)]);
  const before = spotify.playlistUris(id);
  const [planned] = (await engine.plan(PLAYLISTS)).pairs;
  const arrange = planned?.ok
    ? planned.contents?.flatMap(({ operations }) => operations).find(({ kind }) => kind === "arrange")
    : undefined;
  const writes = () => sandbox.control.stats().spotify.byKind.write;
  const writesBefore = writes();
  const run = only((await engine.sync(PLAYLISTS)).pairs);
  const after = spotify.playlistUris(id);
  const moved = {
    writes: writes() - writesBefore,
    moves: arrange?.arrangement?.moves ?? 0,
    copiesKept: after.length === before.length && after.filter((uri) => uri === `spotify:track:${again}`).length === 2,
  };

  await later(stage, SNAPSHOTS_MS);
  const undone = await engine.undo({ userId: USER.userId, jobId: run.jobId ?? "" });
  await later(stage, SNAPSHOTS_MS);
  const writesUndone = writes();
  await engine.sync(PLAYLISTS);
  return {
    tracks,
    left: left ? describeReason(left) : "",
    moved,
    promised: arrange?.undo?.possible === true,
    undone: {
      status: undone.status,
      back: spotify.playlistUris(id).join() === before.join(),
      laterWrites: writes() - writesUndone,
    },
  };
}

/** A person knows better than the matcher. */
export interface OverrideScene {
  readonly title: string;
  readonly confidence: number;
  readonly candidate: string;
  readonly added: number;
  readonly matchedBy: string;
}

/**
 * The first of Spotify's favourites of which the matcher was not sure: the person says that it is the same. Of a very small
 * library it may have been sure of everything.
 */
export async function overrideAMatch(
  { engine, sandbox }: Stage,
  { unmatched }: Pick<PairPlan, "unmatched">,
): Promise<OverrideScene | undefined> {
  const saved = new Set(sandbox.control.spotify.favourites(USER.spotify));
  const uncertain = unmatched.find(
    ({ verdict, match, itemId }) => verdict === "uncertain" && match?.candidate && saved.has(itemId),
  );
  const { match, itemId, item } = uncertain ?? {};
  const candidate = match?.candidate;
  if (itemId === undefined || !candidate || !("title" in candidate) || !item || !("title" in item)) return undefined;
  await engine.overrides.set({
    userId: USER.userId,
    verdict: "same",
    serviceA: "spotify",
    idA: itemId,
    serviceB: "deezer",
    idB: candidate.externalIds.deezer ?? "",
  });
  const report = only((await engine.sync(TWO_WAY)).pairs);
  const written = report.items.find(({ fromId }) => fromId === itemId);
  return {
    title: String(item.title),
    confidence: match?.confidence ?? 0,
    candidate: candidate.title,
    added: report.counts.added + report.counts.linked,
    matchedBy: written?.match?.by ?? "",
  };
}
