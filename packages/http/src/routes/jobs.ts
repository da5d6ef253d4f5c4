import { createRoute, z } from "@hono/zod-openapi";
import type { JobInfo } from "@syncer/core";
import { type App, ok, problems, type RouteParts } from "../app.ts";
import { jobStream } from "../job-stream.ts";
import { nextCursor, pageOf, pageQuery, readCursor } from "../paging.ts";
import { JOB_STATES, jobSchema, jobWire } from "../wire.ts";

const tags = ["jobs"];
const params = z.object({ id: z.string().min(1).max(200) });
const page = z.object({ jobs: z.array(jobSchema), next_cursor: nextCursor }).openapi("JobPage");
const one = { 200: ok(jobSchema, "The job as it is now."), ...problems };

const listRoute = createRoute({
  operationId: "listJobs",
  ...{ method: "get", path: "/jobs", tags, summary: "The user's jobs and runs, youngest first" },
  request: {
    query: z.object({
      ...pageQuery,
      status: z.enum(JOB_STATES as unknown as readonly [string, ...string[]]).optional(),
      lane: z.enum(["manual", "automatic"]).optional(),
    }),
  },
  responses: { 200: ok(page, "A page."), ...problems },
});
const deadRoute = createRoute({
  operationId: "listDeadLetters",
  ...{ method: "get", path: "/jobs/dead-letters", tags, summary: "Jobs that were set aside after their last attempt" },
  request: { query: z.object(pageQuery) },
  responses: { 200: ok(page, "A page."), ...problems },
});
const getRoute = createRoute({
  operationId: "getJob",
  ...{ method: "get", path: "/jobs/{id}", tags, summary: "One job" },
  ...{ request: { params }, responses: one },
});
const cancelRoute = createRoute({
  operationId: "cancelJob",
  ...{
    method: "post",
    path: "/jobs/{id}/cancel",
    tags,
    summary: "Cancel a job; one that runs ends at its next safe point",
  },
  ...{ request: { params }, responses: one },
});
const replayRoute = createRoute({
  operationId: "replayJob",
  ...{ method: "post", path: "/jobs/{id}/replay", tags, summary: "Give a dead job fresh attempts" },
  ...{ request: { params }, responses: one },
});

const streamRoute = createRoute({
  operationId: "streamJob",
  ...{ method: "get", path: "/jobs/{id}/events", tags, summary: "A job's progress, as server-sent events" },
  request: { params },
  responses: {
    200: {
      content: { "text/event-stream": { schema: z.string() } },
      description:
        "`job` with the job as it stands, at once and with each change; `progress` with `phase`, `done` and `total` of a run. Ends with the job.",
    },
    ...problems,
  },
});
const undoRoute = createRoute({
  operationId: "undoJob",
  ...{
    method: "post",
    path: "/jobs/{id}/undo",
    tags,
    summary: "Take back what a run has written, by a job of its own",
  },
  request: { params },
  responses: { 202: ok(jobSchema, "The job that takes it back."), ...problems },
});

/** Jobs: what waits, runs and has ended [API-2]. */
export function jobRoutes(app: App, { engine, settings }: RouteParts): void {
  const { jobs } = engine;

  const told = (found: readonly JobInfo[], limit: number) => {
    const { page, next_cursor } = pageOf(found, limit);
    return { jobs: page.map(jobWire), next_cursor };
  };

  app.openapi(listRoute, async (c) => {
    const { limit, cursor, status, lane } = c.req.valid("query");
    const after = readCursor(cursor);
    const found = await jobs.list({
      ...c.env.owner,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
      ...(status === undefined ? {} : { status: status as JobInfo["status"] }),
      ...(lane === undefined ? {} : { lane }),
    });
    return c.json(told(found, limit), 200);
  });

  app.openapi(deadRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = readCursor(cursor);
    const query = { ...c.env.owner, limit: limit + 1, ...(after === undefined ? {} : { after }) };
    return c.json(told(await jobs.deadLetters(query), limit), 200);
  });

  app.openapi(getRoute, async (c) => {
    return c.json(jobWire(await jobs.get({ ...c.env.owner, jobId: c.req.valid("param").id })), 200);
  });

  app.openapi(cancelRoute, async (c) => {
    return c.json(jobWire(await jobs.cancel({ ...c.env.owner, jobId: c.req.valid("param").id })), 200);
  });

  app.openapi(streamRoute, async (c) => {
    const { owner, isSignedIn } = c.env;
    const stream = await jobStream({
      ...{ engine, owner, isSignedIn, jobId: c.req.valid("param").id, everyMs: settings.progressEveryMs },
      signal: c.req.raw.signal,
      lastEventId: c.req.header("last-event-id"),
    });
    // Proxies that gather answers up are told not to.
    const headers = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
    return c.body(stream, 200, headers) as never;
  });

  app.openapi(undoRoute, async (c) => {
    return c.json(jobWire(await jobs.undo({ ...c.env.owner, jobId: c.req.valid("param").id })), 202);
  });

  app.openapi(replayRoute, async (c) => {
    return c.json(jobWire(await jobs.replay({ ...c.env.owner, jobId: c.req.valid("param").id })), 200);
  });
}
