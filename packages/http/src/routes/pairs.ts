import { createRoute, z } from "@hono/zod-openapi";
import type { SyncJobRequest } from "@syncer/core";
import { type App, body, ok, problems, type RouteParts } from "../app.ts";
import {
  jobSchema,
  jobWire,
  MODES,
  pairOptionsSchema,
  pairSchema,
  pairWire,
  readPairs,
  readSyncOptions,
  servicePairSchema,
  syncTypeSchema,
} from "../wire.ts";
import { storedRequest } from "./sync.ts";

const tags = ["pairs"];
const params = z.object({ id: z.string().min(1).max(200) });
const one = { 200: ok(pairSchema, "The pair."), ...problems };
const createSchema = z
  .strictObject({ pair: servicePairSchema, sync_type: syncTypeSchema, options: pairOptionsSchema.optional() })
  .openapi("CreatePair");
const changeSchema = z
  .strictObject({ sync_mode: z.enum(MODES).optional(), options: pairOptionsSchema.optional() })
  .openapi("ChangePair");

const listRoute = createRoute({
  operationId: "listPairs",
  ...{ method: "get", path: "/pairs", tags, summary: "The user's pairs, oldest first" },
  responses: { 200: ok(z.object({ pairs: z.array(pairSchema) }), "All of them."), ...problems },
});
const createPairRoute = createRoute({
  operationId: "createPair",
  ...{ method: "post", path: "/pairs", tags, summary: "Remember a pair, or change the one of the same two sides" },
  request: { body: body(createSchema) },
  responses: { 201: ok(pairSchema, "The pair. Nothing is synced yet."), ...problems },
});
const getRoute = createRoute({
  operationId: "getPair",
  ...{ method: "get", path: "/pairs/{id}", tags, summary: "One pair" },
  ...{ request: { params }, responses: one },
});
const patchRoute = createRoute({
  operationId: "changePair",
  ...{ method: "patch", path: "/pairs/{id}", tags, summary: "Change mode or options" },
  ...{ request: { params, body: body(changeSchema) }, responses: one },
});
const deleteRoute = createRoute({
  operationId: "forgetPair",
  ...{ method: "delete", path: "/pairs/{id}", tags, summary: "Forget a pair. Nothing happens at the services" },
  request: { params },
  responses: { 204: { description: "It is forgotten." }, ...problems },
});
const pauseRoute = createRoute({
  operationId: "pausePair",
  ...{ method: "post", path: "/pairs/{id}/pause", tags, summary: "Refuse runs until it is resumed" },
  ...{ request: { params }, responses: one },
});
const resumeRoute = createRoute({
  operationId: "resumePair",
  ...{ method: "post", path: "/pairs/{id}/resume", tags, summary: "Let it run again" },
  ...{ request: { params }, responses: one },
});
const syncRoute = createRoute({
  operationId: "syncPair",
  ...{ method: "post", path: "/pairs/{id}/sync", tags, summary: "Sync a pair now" },
  request: { params },
  responses: { 202: ok(jobSchema, "Queued."), ...problems },
});
const confirmRoute = createRoute({
  operationId: "confirmPlan",
  ...{
    method: "post",
    path: "/pairs/{id}/confirm",
    tags,
    summary: "Let the plan that is held go ahead, at the next run",
  },
  request: {
    params,
    body: body(z.strictObject({ plan_hash: z.string().min(1).max(200).openapi({ description: "`held_plan_hash`." }) })),
  },
  responses: one,
});

/** Stored pairs. */
export function pairRoutes(app: App, { engine }: RouteParts): void {
  const { pairs } = engine;
  app.openapi(listRoute, async (c) => c.json({ pairs: (await pairs.list(c.env.owner)).map(pairWire) }, 200));

  app.openapi(createPairRoute, async (c) => {
    const { pair, sync_type, options } = c.req.valid("json");
    const [sides] = readPairs([pair]) as SyncJobRequest["pairs"];
    const created = await pairs.create({
      ...c.env.owner,
      pair: sides as SyncJobRequest["pairs"][number],
      type: sync_type as SyncJobRequest["type"],
      ...(options ? { options: readSyncOptions(options) } : {}),
    });
    return c.json(pairWire(created), 201);
  });

  app.openapi(getRoute, async (c) => {
    return c.json(pairWire(await pairs.get({ ...c.env.owner, pairId: c.req.valid("param").id })), 200);
  });

  app.openapi(patchRoute, async (c) => {
    const { sync_mode, options } = c.req.valid("json");
    const changed = await pairs.rescope(
      { ...c.env.owner, pairId: c.req.valid("param").id },
      { ...(sync_mode ? { mode: sync_mode } : {}), ...(options ? { options: readSyncOptions(options) } : {}) },
    );
    return c.json(pairWire(changed), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    await pairs.forget({ ...c.env.owner, pairId: c.req.valid("param").id });
    return c.body(null, 204);
  });

  app.openapi(pauseRoute, async (c) => {
    const ref = { ...c.env.owner, pairId: c.req.valid("param").id };
    await pairs.pause(ref);
    return c.json(pairWire(await pairs.get(ref)), 200);
  });

  app.openapi(resumeRoute, async (c) => {
    const ref = { ...c.env.owner, pairId: c.req.valid("param").id };
    await pairs.resume(ref);
    return c.json(pairWire(await pairs.get(ref)), 200);
  });

  app.openapi(syncRoute, async (c) => {
    const { owner } = c.env;
    const pair = await pairs.get({ ...owner, pairId: c.req.valid("param").id });
    const [job] = await engine.enqueue({ ...owner, ...storedRequest(pair) }, { lane: "manual" });
    if (!job) throw new Error("A pair that was queued has a job.");
    return c.json(jobWire(job), 202);
  });

  app.openapi(confirmRoute, async (c) => {
    const ref = { ...c.env.owner, pairId: c.req.valid("param").id };
    await engine.confirm({ ...ref, planHash: c.req.valid("json").plan_hash });
    return c.json(pairWire(await pairs.get(ref)), 200);
  });
}
