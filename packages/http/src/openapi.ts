import { createRoute, z } from "@hono/zod-openapi";
import { type App, ok, problems } from "./app.ts";
import { IDEMPOTENCY_KEY } from "./once.ts";

const HOST_SESSION = {
  type: "apiKey",
  in: "cookie",
  name: "session",
  description: "Whatever the host signs its users in with: the handler asks the host who is there.",
} as const;

const TAGS = {
  services: "What can be connected, and what the user has connected.",
  sync: "Syncing now and by schedule.",
  pairs: "Two sides that are kept in step, as they are remembered.",
  plans: "What a sync would do: to look at, and to carry out exactly so.",
  jobs: "Work that waits, runs and has ended.",
  schedules: "When pairs run by themselves.",
  decisions: "What the user decides: about matches, and about what both sides changed.",
  health: "For those that look after the host's processes.",
  webhooks: "Where services call when something has changed.",
  me: "What is stored about the user, and this description.",
} as const;

const route = createRoute({
  operationId: "getDescription",
  ...{ method: "get", path: "/openapi.json", tags: ["me"], summary: "This description" },
  responses: { 200: ok(z.looseObject({ openapi: z.string() }), "OpenAPI 3.1."), ...problems },
});

/** All that is asked for by POST can be asked for once. */
function withKeys<T extends ReturnType<App["getOpenAPI31Document"]>>(document: T): T {
  for (const { post } of Object.values(document.paths ?? {})) {
    if (post && post.operationId !== "receiveWebhook") post.parameters = [...(post.parameters ?? []), IDEMPOTENCY_KEY];
  }
  return document;
}

/** Describes the routes as OpenAPI 3.1; made once, when it is asked for. */
export function describeApi(api: App, basePath: string): () => object {
  let description: object | undefined;
  const describe = () => {
    api.openAPIRegistry.registerComponent("securitySchemes", "host", HOST_SESSION);
    description ??= withKeys(
      api.getOpenAPI31Document({
        openapi: "3.1.0",
        info: {
          title: "Syncer",
          version: "1",
          description:
            "Keeps a user's things in sync between services. Who the user is, the host says by its own session. All bodies are JSON in snake_case, times are ISO 8601 in UTC, problems are RFC 9457 with a stable `code`.",
          license: { name: "MIT", url: "https://opensource.org/license/mit" },
        },
        servers: [{ url: basePath === "" ? "/" : basePath }],
        security: [{ host: [] }],
        tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      }),
    );
    return description;
  };
  api.openapi(route, (c) => c.json(describe() as { openapi: string }, 200));
  return describe;
}
