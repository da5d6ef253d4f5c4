import { randomUUID } from "node:crypto";
import { describeError, describeReason, type PairReport, SyncerError, type UniversalItem } from "@syncer/core";
import express, { type NextFunction, type Request, type Response } from "express";
import type { engineFromEnvironment } from "./engine.ts";

const STATUS = { "change-request": 400, reconnect: 409, retry: 503, operate: 503, report: 502 } as const;

/** The application: everything that is specific to it fits on one screen; the rest is the engine. */
export function createApp(engine: ReturnType<typeof engineFromEnvironment>, origins: Record<string, string>) {
  const app = express();
  const sessions = new Map<string, string>();
  app.use(express.json());

  // Stands for your own sign-in: whoever asks becomes a user. Replace it with what you have.
  app.post("/login", (request, response) => {
    const session = randomUUID();
    sessions.set(session, String(request.body?.user ?? "user-1"));
    response.cookie("session", session, { httpOnly: true, sameSite: "lax" }).json({ ok: true });
  });
  const userOf = (request: Request): string => {
    const session = /(?:^|;\s*)session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const user = session && sessions.get(session);
    if (!user) throw Object.assign(new Error("Sign in first: POST /login"), { status: 401 });
    return user;
  };

  app.get("/connect/:service", async (request, response) => {
    const { service } = request.params;
    const redirectUrl = `${origins[service] ?? origins.default}/callback/${service}`;
    response.redirect((await engine.connections.begin({ userId: userOf(request), service, redirectUrl })).url);
  });
  // The state binds the callback to who began; the service may come back to another host name than the cookie's.
  app.get("/callback/:service", async (request, response) => {
    const callbackUrl = new URL(request.originalUrl, "http://callback");
    const { connection, outcome, missingScopes } = await engine.connections.complete({
      service: request.params.service,
      callbackUrl,
    });
    response.json({ connection: connection.id, outcome, missingScopes });
  });

  // `{"mode":"bidirectional"}` keeps both sides in step; without it Spotify is only read.
  const requestOf = (request: Request) => {
    const mode: "sync-from" | "bidirectional" = request.body?.mode === "bidirectional" ? "bidirectional" : "sync-from";
    return {
      userId: userOf(request),
      pairs: [{ source: "spotify", target: "deezer", mode }],
      type: "favorites",
    } as const;
  };
  app.post("/plan", async (request, response) => {
    const plan = await engine.plan(requestOf(request));
    response.json(plan.pairs.map((pair) => (pair.ok ? pair : { ok: false, error: describeError(pair.error) })));
  });
  app.post("/sync", async (request, response) => {
    const { pairs } = await engine.sync(requestOf(request));
    response.json(pairs.map(summaryOf));
  });
  // Removals that a guard held back go ahead once the user has confirmed exactly these.
  app.post("/confirm", async (request, response) => {
    const { pairId, planHash } = request.body ?? {};
    const pair = { userId: userOf(request), pairId: String(pairId) };
    await engine.confirm({ ...pair, planHash: String(planHash) });
    response.json(summaryOf(await engine.syncPair(pair)));
  });

  // The worker beside this server does what is queued and scheduled here.
  app.post("/jobs", async (request, response) => {
    response.status(202).json(await engine.enqueue(requestOf(request)));
  });
  app.get("/jobs", async (request, response) => {
    response.json(await engine.jobs.list({ userId: userOf(request) }));
  });
  app.delete("/jobs/:id", async (request, response) => {
    response.json(await engine.jobs.cancel({ userId: userOf(request), jobId: request.params.id }));
  });
  app.post("/schedule", async (request, response) => {
    const userId = userOf(request);
    const everyMs = Number(request.body?.everyMs ?? 3_600_000);
    const pairs = await engine.pairs.list({ userId });
    response.json(await Promise.all(pairs.map(({ id }) => engine.schedules.set({ userId, pairId: id, everyMs }))));
  });

  app.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    const status = SyncerError.is(error) ? STATUS[error.remedy] : (error.status ?? 500);
    const known = SyncerError.is(error) || error.status !== undefined;
    response.status(status).json({
      error: known ? error.message : "internal error",
      ...(SyncerError.is(error) ? { code: error.code, remedy: error.remedy } : {}),
    });
  });
  return app;
}

/** What the user is shown of a run, titles included; it is not stored anywhere. */
function summaryOf({ pairId, status, counts, requests, unmatched, hold, error }: PairReport) {
  return {
    ...{ pairId, status, counts, requests },
    unmatched: unmatched.map(({ item, reason }) => ({ title: titleOf(item), reason: describeReason(reason) })),
    ...(hold ? { held: { planHash: hold.hash, reasons: hold.reasons, operations: hold.operations.length } } : {}),
    ...(error ? { error: describeError(error) } : {}),
  };
}

function titleOf(item: UniversalItem | undefined): string | undefined {
  return item && "title" in item ? item.title : undefined;
}
