import { createRoute, z } from "@hono/zod-openapi";
import { type CallbackResult, SyncerError } from "@syncer/core";
import { type App, body, isoTime, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { HttpProblem, toProblem } from "../problems.ts";
import { nameParam } from "./services.ts";

const oauthSchema = z.strictObject({
  redirect_url: z.url().max(2_000).openapi({ description: "One of those that the host permits." }),
  sync_types: z.array(z.string().min(1).max(100)).min(1).max(20).optional(),
  access: z.enum(["read", "read-write"]).optional(),
  connection_id: z.string().min(1).max(200).optional().openapi({ description: "Renews this connection." }),
});
const basicSchema = z.strictObject({
  server_url: z.url().max(2_000).optional(),
  username: z.string().min(1).max(500),
  password: z.string().min(1).max(2_000),
});
const publicSchema = z.strictObject({ account_id: z.string().min(1).max(500) });
const connectSchema = z
  .union([oauthSchema, basicSchema, publicSchema])
  .openapi("ConnectRequest", { description: "By the service's `sign_in`: oauth2, basic, or none." });

const begunSchema = z
  .object({
    message: z.string(),
    auth_url: z.url().openapi({ description: "Where to send the user." }),
    state: z.string(),
    expires_at: timeSchema,
  })
  .openapi("SignInBegun");
const doneSchema = z
  .object({
    message: z.string(),
    connection_id: z.string(),
    outcome: z.enum(["connected", "reconnected"]),
    missing_scopes: z.array(z.string()).openapi({ description: "What was asked for and not granted." }),
  })
  .openapi("Connected");

const tags = ["services"];
const connectRoute = createRoute({
  operationId: "connectService",
  ...{ method: "post", path: "/services/{name}/connect", tags, summary: "Connect a service, or begin to" },
  request: { params: nameParam, body: body(connectSchema) },
  responses: {
    200: ok(begunSchema, "Send the user to `auth_url`; the service sends them back to the callback."),
    201: ok(doneSchema, "Connected at once, where no consent at the service is needed."),
    ...problems,
  },
});
const callbackRoute = createRoute({
  operationId: "completeSignIn",
  ...{ method: "get", path: "/services/{name}/callback", tags, summary: "Where a service sends the user back to" },
  request: {
    params: nameParam,
    query: z.object({
      state: z.string().min(1).max(500),
      code: z.string().min(1).max(4_000).optional(),
      error: z.string().min(1).max(500).optional(),
    }),
  },
  responses: {
    200: ok(doneSchema, "Connected."),
    303: { description: "To the host's page, with `service` and `outcome` or `error` in the query." },
    ...problems,
  },
});

/** Connecting a service: OAuth with its callback, a password, or a public account [API-1]. */
export function connectRoutes(app: App, { engine, settings }: RouteParts): void {
  const { connections, registry } = engine;
  const done = (service: string, { connection, outcome, missingScopes }: CallbackResult) => ({
    message: `${registry.get(service).displayName} is connected.`,
    connection_id: connection.id,
    outcome,
    missing_scopes: [...missingScopes],
  });

  app.openapi(connectRoute, async (c) => {
    const { owner } = c.env;
    const { name, displayName, authorization } = registry.get(c.req.valid("param").name);
    const given = c.req.valid("json");
    const forService = { ...owner, service: name };
    const unfit = (needs: string) =>
      new HttpProblem(400, "request.invalid", `${displayName} is connected with ${needs}.`);
    switch (authorization.kind) {
      case "oauth2": {
        if (!("redirect_url" in given)) throw unfit("{ redirect_url }");
        assertPermitted(settings.redirectUrls, given.redirect_url);
        const begun = await connections.begin({
          ...forService,
          redirectUrl: given.redirect_url,
          ...(given.sync_types ? { types: given.sync_types as never } : {}),
          ...(given.access ? { access: given.access } : {}),
          ...(given.connection_id ? { connectionId: given.connection_id } : {}),
        });
        const message = `Sign in at ${displayName}.`;
        return c.json(
          { message, auth_url: begun.url, state: begun.state, expires_at: isoTime(begun.expiresAtMs) },
          200,
        );
      }
      case "basic": {
        if (!("username" in given))
          throw unfit("{ username, password } and, for a server of one's own, { server_url }");
        const { server_url: serverUrl, username, password } = given;
        const added = await connections.addBasic({
          ...forService,
          username,
          password,
          ...(serverUrl ? { serverUrl } : {}),
        });
        return c.json(done(name, added), 201);
      }
      case "none": {
        if (!("account_id" in given)) throw unfit("{ account_id }");
        return c.json(done(name, await connections.addPublic({ ...forService, accountId: given.account_id })), 201);
      }
    }
  });

  app.openapi(callbackRoute, async (c) => {
    const { name } = registry.get(c.req.valid("param").name);
    const { returnTo } = settings;
    try {
      const result = await connections.complete({ ...c.env.owner, service: name, callbackUrl: c.req.url });
      if (returnTo === undefined) return c.json(done(name, result), 200);
      return c.redirect(withQuery(returnTo, { service: name, outcome: result.outcome }), 303);
    } catch (error) {
      if (returnTo === undefined || !SyncerError.is(error)) throw error;
      return c.redirect(withQuery(returnTo, { service: name, error: toProblem(error).problem.code }), 303);
    }
  });
}

/** @throws {HttpProblem} 400 `auth.redirect-refused` */
function assertPermitted(permitted: readonly string[], url: string): void {
  if (permitted.includes(url)) return;
  const detail =
    "body.redirect_url: it is not among those that the host permits; see redirectUrls of createHttpHandler.";
  throw new HttpProblem(400, "auth.redirect-refused", detail);
}

function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const [path = "", hash] = address.split("#");
  const text = new URLSearchParams(query).toString();
  return `${path}${path.includes("?") ? "&" : "?"}${text}${hash === undefined ? "" : `#${hash}`}`;
}
