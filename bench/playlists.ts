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
const FAVOURITES = 1_000;
/** As many as a playlist at Deezer holds. */
const LONG = 2_000;
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
  const some = s.recordings(LONG);
  s.spotify.put("Long", s.ids("spotify", some));
  await s.sync();
  await s.sync();
  const { id } = s.named("deezer", "Long");
  const [last] = s.ids("deezer", some.slice(-1));
  if (last === undefined) throw new RangeError("the catalogue is too small");
  s.sandbox.control.deezer.fillPlaylist(Number(id), [last, ...s.ids("deezer", some.slice(0, -1))]);
  const before = s.writes("spotify");
  await s.sync();
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
