import { expect, it, vi } from "vitest";
import { createLab } from "./support/lab.ts";

const FAVOURITES = 6;
const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };

it("a sync is queued over HTTP, done by a worker, seen by its job, given back by the export, and erased", async () => {
  const lab = await createLab();
  await lab.connected();
  lab.sandbox.control.spotify.seedFavourites("anna", FAVOURITES);
  const dry = await lab.call("POST", "/api/sync/manual", {
    json: { service_pairs: [pair], sync_type: "favorites", sync_options: { dry_run: true } },
  });
  expect(dry).toMatchObject({ status: 200, json: { reports: [{ status: "dry-run", error_code: null }] } });
  expect(lab.sandbox.control.deezer.favourites(4_000_000_001)).toHaveLength(0);

  const { json } = await lab.call("POST", "/api/sync/manual", {
    json: { service_pairs: [pair], sync_type: "favorites" },
  });
  await lab.engine.start();
  const job = await vi.waitFor(
    async () => {
      const now = (await lab.call("GET", `/api/jobs/${json.jobs[0].id}`)).json;
      expect(now.status).toBe("succeeded");
      return now;
    },
    { timeout: 25_000 },
  );
  const added = lab.sandbox.control.deezer.favourites(4_000_000_001).length;
  expect(job.counts.added).toBe(added);
  expect(added).toBeGreaterThan(FAVOURITES / 2);
  expect((await lab.call("GET", "/api/services/connected")).json.services[0].last_sync).not.toBeNull();

  const exported = await lab.call("GET", "/api/me/export");
  const lines = exported.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ table }: { table: string }) => table)).toContain("sync_jobs");
  expect(await lab.call("DELETE", "/api/me")).toMatchObject({ status: 200, json: { not_revoked: expect.any(Number) } });
  expect((await lab.call("GET", "/api/jobs")).json.jobs).toEqual([]);
  await lab.engine.stop();
});

it("jobs come in pages, each once", async () => {
  const lab = await createLab();
  await lab.connected();
  for (const sync_type of ["favorites", "albums", "artists"]) {
    await lab.call("POST", "/api/sync/manual", { json: { service_pairs: [pair], sync_type } });
  }
  const seen: string[] = [];
  let cursor: string | null = "";
  for (let pages = 0; cursor !== null; pages++) {
    expect(pages).toBeLessThan(4);
    const { json } = await lab.call("GET", `/api/jobs?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`);
    seen.push(...json.jobs.map(({ id }: { id: string }) => id));
    cursor = json.next_cursor;
  }
  expect(new Set(seen).size).toBe(3);
  expect(seen).toHaveLength(3);
  expect(await lab.call("GET", "/api/jobs?cursor=%25%25")).toMatchObject({
    status: 400,
    json: { code: "http.cursor" },
  });
});
