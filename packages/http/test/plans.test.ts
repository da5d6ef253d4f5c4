import { afterEach, expect, it, vi } from "vitest";
import { createLab, type Lab } from "./support/lab.ts";

const FAVOURITES = 6;
const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };

let lab: Lab;
afterEach(() => lab.engine.stop());

/** Anna's favourites go to Deezer; a worker is there. */
async function opened() {
  lab = await createLab();
  await lab.connected();
  lab.sandbox.control.spotify.seedFavourites("anna", FAVOURITES);
  await lab.engine.start();
  return (await lab.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } })).json.id as string;
}

const until = (path: string, is: (answer: { readonly [key: string]: unknown }) => boolean) =>
  vi.waitFor(
    async () => {
      const { json } = await lab.call("GET", path);
      expect(is(json), JSON.stringify(json)).toBe(true);
      return json;
    },
    { timeout: 25_000 },
  );

const atDeezer = () => lab.sandbox.control.deezer.favourites(4_000_000_001).length;

it("a plan is made, looked at with names and alternatives, carried out, and taken back", async () => {
  const pair_id = await opened();
  const asked = await lab.call("POST", "/api/plans", { json: { pair_id } });
  expect(asked).toMatchObject({ status: 202, json: { pair_id, state: expect.any(String) } });
  const { id } = asked.json;
  const plan = await until(`/api/plans/${id}`, ({ state }) => state === "ready");
  expect(plan.counts.operations + plan.counts.unmatched).toBe(FAVOURITES);
  expect((await lab.call("GET", `/api/plans?pair_id=${pair_id}`)).json.plans).toEqual([plan]);

  const bare = (await lab.call("GET", `/api/plans/${id}/items?limit=2&section=write`)).json;
  expect(bare.items[0]).toMatchObject({ kind: "add", side: "target", source: { title: null }, explanation: null });
  const next = await lab.call(
    "GET",
    `/api/plans/${id}/items?limit=2&section=write&names=true&cursor=${bare.next_cursor}`,
  );
  const line = next.json.items[0];
  expect(line).toMatchObject({ source: { title: expect.any(String) }, target: { title: expect.any(String) } });
  expect(line.explanation).toEqual(expect.any(String));
  const other = (await lab.call("GET", `/api/plans/${id}/items/${line.position}/alternatives`)).json.alternatives;
  expect(other[0]).toMatchObject({ item: { id: line.target.id, title: line.target.title } });

  const job = await lab.call("POST", `/api/plans/${id}/apply`, { json: {} });
  expect(job).toMatchObject({ status: 202, json: { task: "apply", plan_id: id } });
  await until(`/api/jobs/${job.json.id}`, ({ status }) => status === "succeeded");
  expect(atDeezer()).toBe(plan.counts.operations);
  expect(await lab.call("POST", `/api/plans/${id}/apply`, { json: {} })).toMatchObject({
    status: 409,
    json: { code: "plan.applied" },
  });

  const undone = await lab.call("POST", `/api/jobs/${job.json.id}/undo`);
  expect(undone).toMatchObject({ status: 202, json: { task: "undo", undoes: job.json.id } });
  await until(`/api/jobs/${undone.json.id}`, ({ status }) => status === "succeeded");
  expect(atDeezer()).toBe(0);
  expect(await lab.call("DELETE", `/api/plans/${id}`)).toMatchObject({ status: 204 });
  expect(await lab.call("GET", `/api/plans/${id}`)).toMatchObject({ status: 404, json: { code: "plan.unknown" } });
  expect(lab.unexpected).toEqual([]);
});

it.each([
  ["POST", "/api/plans", { pair_id: "" }],
  ["POST", "/api/plans", {}],
  ["GET", "/api/plans/x/items?section=all"],
  ["GET", "/api/plans/x/items?limit=101"],
  ["GET", "/api/plans/x/items?cursor=eA"],
  ["GET", "/api/plans/x/items?names=maybe"],
  ["GET", "/api/plans/x/items/first/alternatives"],
  ["POST", "/api/plans/x/apply", { confirm: 1 }],
  ["POST", "/api/plans/x/apply", { force: true }],
])("%s %s with %j is a bad request", async (method, path, json?: unknown) => {
  lab = await createLab();
  const answer = await lab.call(method, path, json === undefined ? {} : { json });
  expect(answer).toMatchObject({
    status: 400,
    json: { code: expect.stringMatching(/^(request\.invalid|http\.cursor)$/) },
  });
});
