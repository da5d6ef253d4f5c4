/**
 * Cuts the rows that the evaluation needs out of the full catalogue (see data/README.md):
 * `node extract.ts catalogue.jsonl > data/recordings.jsonl`.
 */
import { readFileSync } from "node:fs";

interface CatalogueRow {
  title: string;
  artist: string;
  year?: number;
  isrc?: string;
  ids: Record<string, string>;
  durationMs?: number;
}

const rows: CatalogueRow[] = readFileSync(process.argv[2] ?? "catalogue.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** Rows that share a code or any service's id are taken for one recording. */
const recordingOf = rows.map((_, i) => i);
const find = (i: number): number => {
  let root = i;
  while (recordingOf[root] !== root) root = recordingOf[root] ?? root;
  return root;
};
const holder = new Map<string, number>();
rows.forEach((row, i) => {
  for (const key of [`isrc:${row.isrc}`, ...Object.entries(row.ids).map(([service, id]) => `${service}:${id}`)]) {
    if (key === "isrc:undefined") continue;
    const other = holder.get(key);
    if (other === undefined) holder.set(key, i);
    else recordingOf[find(i)] = find(other);
  }
});

const sizes = new Map<number, number>();
for (let i = 0; i < rows.length; i++) sizes.set(find(i), (sizes.get(find(i)) ?? 0) + 1);
const titleOf = (row: CatalogueRow): string => row.title.toLowerCase().replace(/ - .*| ?\(.*/, "");
const titles = new Map<string, number>();
for (const row of rows) titles.set(titleOf(row), (titles.get(titleOf(row)) ?? 0) + 1);

const lines = rows.flatMap((row, i) => {
  const tailed = / [-–] |[([]/.test(row.title);
  const foreign = /[\u0370-\u1dff\u2e80-\uffef]/.test(row.title + row.artist);
  const twin = (sizes.get(find(i)) ?? 0) > 1;
  const homonym = (titles.get(titleOf(row)) ?? 0) > 1;
  if (!(tailed || foreign || twin || homonym || (row.durationMs && i % 2 === 0))) return [];
  const { title, artist, year, isrc, durationMs } = row;
  return JSON.stringify({ title, artist, year, isrc, durationMs, ...(twin ? { recording: find(i) } : {}) });
});
process.stdout.write(`${lines.join("\n")}\n`);
