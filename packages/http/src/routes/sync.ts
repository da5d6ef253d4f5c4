import { createRoute, z } from "@hono/zod-openapi";
import { type PairInfo, type SyncJobRequest, syncTypes } from "@syncer/core";
import { type App, body, isoTimeOrNull, type Owner, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { readDuration } from "../duration.ts";
import { HttpProblem } from "../problems.ts";
import {
  frequencySchema,
  jobSchema,
  jobWire,
  MODES,
  readPairs,
  readSyncOptions,
  servicePairSchema,
  syncOptionsSchema,
  syncTypeSchema,
} from "../wire.ts";
import { connectionOf, nameParam } from "./services.ts";

const requestFields = {
  service_pairs: z.array(servicePairSchema).min(1).max(50),
  sync_type: syncTypeSchema,
  sync_options: syncOptionsSchema.optional(),
};
const manualSchema = z.strictObject(requestFields).openapi("ManualSync");
const scheduleFields = z
  .strictObject({
    enabled: z.boolean().optional(),
    frequency: frequencySchema.optional(),
    cron: z.string().min(1).max(200).optional().openapi({ example: "0 8 * * MON-FRI" }),
    timezone: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: "Where the cron expression's times are local." }),
    next_run: timeSchema.optional().openapi({ description: "Ignored: the answer says when." }),
  })
  .refine(({ frequency, cron }) => (frequency === undefined) !== (cron === undefined), "give either frequency or cron");
const scheduledSchema = z.strictObject({ ...requestFields, schedule: scheduleFields }).openapi("ScheduledSync");

const queuedFields = { message: z.string(), service_pairs: z.int(), sync_type: z.string() };
const countsSchema = z.record(z.string(), z.int());
const reportSchema = z
  .object({ pair_id: z.string(), status: z.string(), counts: countsSchema, error_code: z.string().nullable() })
  .openapi("DryRunReport");

const MODE_TEXTS: Readonly<Record<(typeof MODES)[number], string>> = {
  "sync-from": "From the source to the target.",
  "sync-to": "From the target to the source.",
  bidirectional: "Both ways.",
};

const tags = ["sync"];
const manualRoute = createRoute({
  operationId: "syncNow",
  ...{ method: "post", path: "/sync/manual", tags, summary: "Sync now, before what is scheduled" },
  request: { body: body(manualSchema) },
  responses: {
    200: ok(
      z.object({ ...queuedFields, reports: z.array(reportSchema) }),
      "A dry run: what would be done. Nothing was.",
    ),
    202: ok(z.object({ ...queuedFields, jobs: z.array(jobSchema) }), "Queued: one job a pair."),
    ...problems,
  },
});
const scheduleRoute = createRoute({
  operationId: "scheduleSync",
  ...{ method: "post", path: "/sync/schedule", tags, summary: "Sync by itself from now on" },
  request: { body: body(scheduledSchema) },
  responses: {
    200: ok(
      z.object({
        ...queuedFields,
        next_run: timeSchema.nullable(),
        schedule: z.object({
          enabled: z.boolean(),
          frequency: z.string().nullable(),
          cron: z.string().nullable(),
          timezone: z.string(),
          next_run: timeSchema.nullable(),
        }),
      }),
      "It is scheduled. Setting it again changes it.",
    ),
    ...problems,
  },
});
const supportedRoute = createRoute({
  operationId: "listSupportedPairs",
  ...{
    method: "get",
    path: "/sync/supported-pairs",
    tags,
    summary: "Which services can be synced, how, and what of them",
  },
  responses: {
    200: ok(
      z.object({
        supported_pairs: z.array(
          z.object({
            source_service: z.string(),
            target_service: z.string(),
            category: z.string(),
            supported_modes: z.array(z.string()),
            types: z.array(z.object({ sync_type: z.string(), supported_modes: z.array(z.string()) })),
          }),
        ),
        sync_types: z.array(z.string()),
        sync_modes: z.array(z.object({ mode: z.string(), description: z.string() })),
      }),
      "All that the providers of this host can do.",
    ),
    ...problems,
  },
});
const serviceSyncRoute = createRoute({
  operationId: "syncService",
  ...{
    method: "post",
    path: "/services/{name}/sync",
    tags: ["services"],
    summary: "Sync every pair in which a service takes part",
  },
  request: { params: nameParam },
  responses: {
    202: ok(z.object({ message: z.string(), service_pairs: z.int(), jobs: z.array(jobSchema) }), "Queued."),
    ...problems,
  },
});

/** Syncing now and by schedule, and what can be synced [API-2, API-7, API-8]. */
export function syncRoutes(app: App, { engine }: RouteParts): void {
  app.openapi(manualRoute, async (c) => {
    const { service_pairs, sync_type, sync_options } = c.req.valid("json");
    const request = requestOf(c.env.owner, { service_pairs, sync_type, sync_options });
    const told = { service_pairs: service_pairs.length, sync_type };
    if (sync_options?.dry_run) {
      const { pairs } = await engine.sync(request, { signal: c.req.raw.signal });
      const reports = pairs.map(({ pairId, status, counts, error }) => ({
        pair_id: pairId,
        status,
        counts: { ...counts },
        error_code: error?.code ?? null,
      }));
      return c.json({ message: "Nothing was changed: this is what would be.", ...told, reports }, 200);
    }
    const jobs = await engine.enqueue(request, { lane: "manual" });
    return c.json({ message: "The sync is queued.", ...told, jobs: jobs.map(jobWire) }, 202);
  });

  app.openapi(scheduleRoute, async (c) => {
    const { owner } = c.env;
    const { schedule, sync_type, ...given } = c.req.valid("json");
    if (given.sync_options?.dry_run) {
      throw new HttpProblem(
        400,
        "request.invalid",
        "body.sync_options.dry_run: nobody would see what a schedule planned.",
      );
    }
    const { enabled = true, frequency, cron, timezone = "UTC" } = schedule;
    const request = requestOf(owner, { ...given, sync_type });
    const times = frequency === undefined ? { cron, timeZone: timezone } : { everyMs: readDuration(frequency) };
    const { pairs, type, options } = request;
    const nextRuns: number[] = [];
    for (const pair of pairs) {
      const { id: pairId } = await engine.pairs.create({ ...owner, pair, type, ...(options ? { options } : {}) });
      const set = await engine.schedules.set({ ...owner, pairId, enabled, ...(times as { readonly everyMs: number }) });
      nextRuns.push(set.nextRunAtMs);
    }
    const next_run = enabled ? isoTimeOrNull(Math.min(...nextRuns)) : null;
    const told = { service_pairs: pairs.length, sync_type, next_run };
    const shown = { enabled, frequency: frequency ?? null, cron: cron ?? null, timezone, next_run };
    return c.json({ message: "The sync is scheduled.", ...told, schedule: shown }, 200);
  });

  app.openapi(supportedRoute, (c) => {
    const supported_pairs = engine.registry.supportedPairs().map(({ source, target, category, types }) => ({
      source_service: source,
      target_service: target,
      category,
      supported_modes: MODES.filter((mode) => types.some(({ modes }) => modes.includes(mode))),
      types: types.map(({ type, modes }) => ({ sync_type: type, supported_modes: [...modes] })),
    }));
    const known = new Set(supported_pairs.flatMap(({ types }) => types.map(({ sync_type }) => sync_type)));
    const sync_types = Object.keys(syncTypes).filter((type) => known.has(type));
    const sync_modes = MODES.map((mode) => ({ mode, description: MODE_TEXTS[mode] }));
    return c.json({ supported_pairs, sync_types, sync_modes }, 200);
  });

  app.openapi(serviceSyncRoute, async (c) => {
    const { owner } = c.env;
    const { name } = c.req.valid("param");
    const connected = await engine.connections.list({ ...owner, service: engine.registry.get(name).name });
    if (connected.length === 0) await connectionOf({ engine }, owner, name, undefined);
    const jobs = await enqueueAll(
      engine,
      owner,
      connected.map(({ id }) => id),
    );
    if (jobs.length === 0) {
      const { displayName } = engine.registry.get(name);
      throw new HttpProblem(409, "service.no-pair", `${displayName} takes part in no pair that is switched on.`);
    }
    const message = `${jobs.length} ${jobs.length === 1 ? "sync is" : "syncs are"} queued.`;
    return c.json({ message, service_pairs: jobs.length, jobs: jobs.map(jobWire) }, 202);
  });
}

function requestOf(
  owner: Owner,
  given: Pick<z.infer<typeof manualSchema>, "service_pairs" | "sync_type"> & {
    readonly sync_options?: z.infer<typeof syncOptionsSchema> | undefined;
  },
): SyncJobRequest {
  const { service_pairs, sync_type, sync_options } = given;
  return {
    ...owner,
    pairs: readPairs(service_pairs) as SyncJobRequest["pairs"],
    // The engine knows which types there are, and says so of one that it does not know.
    type: sync_type as SyncJobRequest["type"],
    ...(sync_options ? { options: readSyncOptions(sync_options) } : {}),
  };
}

/** Queues the stored pairs in which one of the connections takes part and that may run. */
async function enqueueAll(engine: RouteParts["engine"], owner: Owner, connectionIds: readonly string[]) {
  const on = new Set((await engine.connections.list(owner)).filter(({ enabled }) => enabled).map(({ id }) => id));
  const pairs = (await engine.pairs.list(owner)).filter(
    ({ state, sourceConnectionId: source, targetConnectionId: target }) =>
      state === "active" &&
      on.has(source) &&
      on.has(target) &&
      connectionIds.some((id) => id === source || id === target),
  );
  const jobs = [];
  for (const pair of pairs)
    jobs.push(...(await engine.enqueue({ ...owner, ...storedRequest(pair) }, { lane: "manual" })));
  return jobs;
}

/** Asks for a stored pair as it is. */
export function storedRequest(pair: PairInfo): Pick<SyncJobRequest, "pairs" | "type"> {
  const { sourceConnectionId, targetConnectionId, containers, mode, type } = pair;
  const side = (connectionId: string, container: string | undefined) => ({
    connectionId,
    ...(container === undefined ? {} : { container }),
  });
  const source = side(sourceConnectionId, containers?.source);
  const target = side(targetConnectionId, containers?.target);
  return { type, pairs: [{ source, target, mode: mode as SyncJobRequest["pairs"][number]["mode"] }] };
}
