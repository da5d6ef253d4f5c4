import { randomUUID } from "node:crypto";
import { describeError, describeReason, SyncerError, type UniversalItem } from "@syncer/core";
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

  const requestOf = (userId: string, dryRun: boolean) =>
    ({
      userId,
      pairs: [{ source: "spotify", target: "deezer", mode: "sync-from" }],
      type: "favorites",
      options: { dryRun },
    }) as const;
  app.post("/plan", async (request, response) => {
    const plan = await engine.plan(requestOf(userOf(request), true));
    response.json(plan.pairs.map((pair) => (pair.ok ? pair : { ok: false, error: describeError(pair.error) })));
  });
  app.post("/sync", async (request, response) => {
    const { pairs } = await engine.sync(requestOf(userOf(request), false));
    response.json(
      pairs.map(({ pairId, status, counts, requests, unmatched, error }) => ({
        ...{ pairId, status, counts, requests },
        unmatched: unmatched.map(({ item, reason }) => ({ title: titleOf(item), reason: describeReason(reason) })),
        ...(error ? { error: describeError(error) } : {}),
      })),
    );
  });

  // The worker beside this server runs what is scheduled here.
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

function titleOf(item: UniversalItem | undefined): string | undefined {
  return item && "title" in item ? item.title : undefined;
}
