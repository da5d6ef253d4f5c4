import type { JukeboxSong } from "../src/index.ts";

const NAMES = [
  "Harbour Lights",
  "Sunday Train",
  "Paper Boats",
  "North Window",
  "Salt & Honey",
  "Long Way Down",
] as const;
const PERFORMERS = ["The Lanterns", "Mira Holt", "Kestrel Avenue"] as const;

/** An invented catalogue: 60 songs, the last but one withdrawn from playing. */
export const jukeboxSongs: readonly JukeboxSong[] = Array.from({ length: 60 }, (_, index) => ({
  song_id: `jb-${1_000 + index}`,
  name: `${NAMES[index % NAMES.length]} ${index + 1}`,
  performers: [PERFORMERS[index % PERFORMERS.length] ?? PERFORMERS[0]],
  record: index % 4 === 0 ? null : `Record ${Math.floor(index / 4)}`,
  length: 150.25 + index * 3.5,
  recording_code: index % 5 === 0 ? null : `GBJBX24${String(index).padStart(5, "0")}`,
  playable: index !== 58,
}));
