/**
 * What playlists cost at the services, in requests, on the stand-ins: a first transfer, a quiet re-sync together with favourites, and one
 * track that was moved: `npx node --conditions=@syncer/source bench/playlists.ts`.
 */
import { pathToFileURL } from "node:url";
import type { PairReport, RequestCounts } from "@syncer/core";
import { playlistScenario } from "../e2e/support/playlists.ts";
import type { BenchRow } from "./bench-row.ts";

const PLAYLISTS = 100;
const TRACKS = 50;
/** All that the stand-ins' catalogue holds. A quiet look at favourites costs the same however many they are. */
const FAVOURITES = 4_000;
/** Half of what a playlist at Spotify holds; one at Deezer holds 2,000 at most, so both sides are accounts at Spotify. */
const LONG = 5_000;
const PAGE = { playlists: { spotify: 50, deezer: 100 }, tracks: 50 };
const DEEZER_BATCH = 50;
const DAY_MS = 24 * 60 * 60 * 1_000;
const COUNTED_APART = new Set(["token", "identity"]);

const total = (counts: RequestCounts) =>
  Object.entries(counts).reduce((sum, [purpose, count]) => (COUNTED_APART.has(purpose) ? sum : sum + count), 0);
const both = ({ requests }: PairReport) => total(requests.source) + total(requests.target);

export default async function run(): Promise<BenchRow[]> {
  return [...(await transfer()), ...(await oneMoved())];
}

async function transfer(): Promise<BenchRow[]> {
  const s = await playlistScenario();
  const known = s.recordings(2_500);
  for (let n = 0; n < PLAYLISTS; n++) {
    const some = Array.from({ length: TRACKS }, (_, place) => known[(n * TRACKS + place) % known.length]);
    const entries = some.flatMap((recording) => recording?.spotify ?? []);
    s.sandbox.control.spotify.seedPlaylist(s.anna.spotifyId, { name: `Bench ${n}`, public: true, entries });
  }
  s.sandbox.control.spotify.seedFavourites(s.anna.spotifyId, FAVOURITES);
  const favourites = async () => {
    const request = { ...s.request("bidirectional") };
    const [report] = (await s.engine.sync(request)).pairs;
    if (!report) throw new Error("a sync of one pair reports one pair");
    return report;
  };
  const first = await s.sync();
  // Each recording once, however many playlists it stands in.
  const ideal =
    Math.ceil(PLAYLISTS / PAGE.playlists.spotify) +
    PLAYLISTS * Math.ceil(TRACKS / PAGE.tracks) +
    1 +
    known.length +
    PLAYLISTS +
    PLAYLISTS * Math.ceil(TRACKS / DEEZER_BATCH);
  await favourites();
  // What was written is read once more.
  await s.clock.advance(DAY_MS);
  await favourites();
  await s.sync();
  await s.clock.advance(60_000);
  const quiet = both(await favourites()) + both(await s.sync());
  return [
    {
      name: `requests of a first transfer of ${PLAYLISTS} playlists of ${TRACKS}`,
      value: both(first),
      unit: "requests",
      bar: Math.floor(1.05 * ideal),
      better: "lower",
      ratio: Math.round((both(first) / ideal) * 1_000) / 1_000,
    },
    {
      name: `requests of a quiet re-sync of ${FAVOURITES} favourites and ${PLAYLISTS} playlists`,
      value: quiet,
      unit: "requests",
      bar: 12,
      better: "lower",
    },
  ];
}

async function oneMoved(): Promise<BenchRow[]> {
  const s = await playlistScenario();
  const { control } = s.sandbox;
  const ben = control.people.find(({ spotifyId }) => spotifyId !== s.anna.spotifyId);
  if (!ben) throw new RangeError("the stand-in has one person only");
  const other = await s.connectAs("spotify", ben);
  const mine = await s.engine.connections.list({ userId: "user-1", service: "spotify" });
  const own = mine.find(({ id }) => id !== other.connection.id);
  if (!own) throw new Error("the first account is not connected");
  const pairs = [
    { source: { connectionId: own.id }, target: { connectionId: other.connection.id }, mode: "bidirectional" as const },
  ];
  const sync = async () => {
    await s.clock.advance(60_000);
    const [report] = (await s.engine.sync({ userId: "user-1", pairs, type: "playlists" })).pairs;
    if (report?.status !== "succeeded") throw new Error(`the sync ended ${report?.status}`);
  };
  const known = control.spotify.seedFavourites(s.anna.spotifyId, FAVOURITES);
  // More than the catalogue holds: a thousand of them twice.
  const entries = Array.from({ length: LONG }, (_, place) => known[place % known.length] ?? "");
  control.spotify.seedPlaylist(s.anna.spotifyId, { name: "Long", public: true, entries });
  await sync();
  await sync();
  const copy = control.spotify.playlists(ben.spotifyId).find(({ name }) => name === "Long");
  if (!copy) throw new Error("no copy was made");
  const now = control.spotify.playlistUris(copy.id).map((uri) => uri.replace("spotify:track:", ""));
  control.spotify.fillPlaylist(copy.id, [...now.slice(-1), ...now.slice(0, -1)]);
  const before = s.writes("spotify");
  await sync();
  return [
    {
      name: `writes for one track moved among ${LONG.toLocaleString("en")}`,
      value: s.writes("spotify") - before,
      unit: "requests",
      bar: 1,
      better: "lower",
    },
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
