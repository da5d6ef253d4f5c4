import { answerProblem, createApp, type Env, type Owner, ownerOf } from "./app.ts";
import { readJson, refuseCrossSite } from "./guards.ts";
import { answerHealth, describeHealth } from "./health.ts";
import { answerOnce } from "./once.ts";
import { describeApi } from "./openapi.ts";
import { type HttpOptions, type HttpSettings, type HttpUser, readOptions } from "./options.ts";
import { HttpProblem } from "./problems.ts";
import { accountRoutes } from "./routes/account.ts";
import { connectRoutes } from "./routes/connect.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { itemRoutes } from "./routes/items.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { pairRoutes } from "./routes/pairs.ts";
import { planRoutes } from "./routes/plans.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { serviceRoutes } from "./routes/services.ts";
import { syncRoutes } from "./routes/sync.ts";
import { answerWebhook, describeWebhooks } from "./webhooks.ts";

/** Syncer's API as a web-standard handler. */
export interface HttpHandler {
  /** Answers a request; never throws. Works wherever requests and responses are the platform's: Hono, Workers, Node with an adapter. */
  fetch(request: Request): Promise<Response>;
  /** The OpenAPI 3.1 description, made of the same schemas that check requests. Also at `<basePath>/openapi.json`, for those signed in. */
  openApi(): object;
}

const ROUTES = [
  ...[serviceRoutes, connectRoutes, syncRoutes, pairRoutes, planRoutes],
  ...[jobRoutes, scheduleRoutes, decisionRoutes, itemRoutes, accountRoutes],
];

/**
 * Builds the HTTP layer over an engine. Mount it in one line, for example in Hono: `app.mount("/", handler.fetch)`.
 * @throws {ConfigurationError} `config.invalid`, with every problem at once
 */
export function createHttpHandler(options: HttpOptions): HttpHandler {
  const settings = readOptions(options);
  const { engine } = settings;
  const api = createApp();
  const parts = { engine, settings };
  for (const add of ROUTES) add(api, parts);
  describeHealth(api, parts);
  describeWebhooks(api, parts);
  const description = describeApi(api, settings.basePath);
  const app = createApp();
  app.route(settings.basePath === "" ? "/" : settings.basePath, api);
  const tell = (error: unknown): Response => {
    const problem = answerProblem(error, Date.now());
    if (problem.status >= 500) settings.onError(error);
    return problem;
  };
  const detail = `There is no such route; ${settings.basePath}/openapi.json names those that there are.`;
  for (const each of [api, app]) {
    each.onError(tell);
    each.notFound(() => tell(new HttpProblem(404, "http.no-route", detail)));
  }
  return {
    openApi: description,
    fetch: async (request) => {
      try {
        return (
          (await answerHealth(request, parts)) ??
          (await answerWebhook(request, parts)) ??
          (await answer(app.fetch, settings, request))
        );
      } catch (error) {
        return tell(error);
      }
    },
  };
}

type Fetch = (request: Request, env: Env["Bindings"]) => Response | Promise<Response>;

async function answer(fetch: Fetch, settings: HttpSettings, request: Request): Promise<Response> {
  refuseCrossSite(request);
  const user = await settings.user(request);
  if (!user) throw new HttpProblem(401, "http.not-signed-in", "Sign in first.");
  const owner = ownerOf(user);
  const env = { owner, isSignedIn: async () => isSame(owner, await settings.user(request)) };
  const json = await readJson(request, settings.maxBodyBytes);
  const { method, url, headers, signal } = request;
  const read = new Request(url, {
    ...{ method, headers, signal },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const response = await answerOnce(settings.engine, owner, request, json, async () => await fetch(read, env));
  response.headers.set("cache-control", "no-store");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

function isSame(owner: Owner, user: HttpUser | undefined): boolean {
  const now = user && ownerOf(user);
  return now?.userId === owner.userId && now.tenantId === owner.tenantId;
}
