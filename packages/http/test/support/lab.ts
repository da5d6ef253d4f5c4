import { randomBytes } from "node:crypto";
import {
  createSyncEngine,
  keyring,
  type Logger,
  memoryStorage,
  type WebhookCapability,
  type WebhooksOptions,
} from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { createSandbox, DEEZER_APP, SPOTIFY_APP, signIn } from "@syncer/sandbox";
import { expect } from "vitest";
import { createHttpHandler, type HttpOptions } from "../../src/index.ts";
import { answerProblems } from "./described.ts";

export const ORIGIN = "https://app.example";
export const REDIRECTS = { spotify: "http://127.0.0.1/callback", deezer: "http://localhost/callback" } as const;
/** Accounts at the stand-ins of those who sign in at the host. */
const ACCOUNTS = {
  anna: { spotify: "anna", deezer: 4_000_000_001 },
  ben: { spotify: "ben.listener", deezer: 4_000_000_002 },
} as const;
export type Person = keyof typeof ACCOUNTS;

interface Call {
  /** Who is signed in at the host; `undefined`: nobody. */
  readonly as?: Person | undefined;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface EngineChoices {
  readonly webhooks?: WebhooksOptions;
  /** How one of the services calls. */
  readonly spotifyCalls?: WebhookCapability;
  readonly logger?: Logger;
}

/** A host with the API over an engine on the stand-ins. Each answer is held against the description that the API gives of itself. */
export async function createLab(
  options: Partial<HttpOptions> = {},
  { webhooks, spotifyCalls, logger }: EngineChoices = {},
) {
  const sandbox = createSandbox({ rateLimits: { spotify: false, deezer: false } });
  const storage = memoryStorage();
  const engine = createSyncEngine({
    providers: [
      {
        ...spotify({ clientId: SPOTIFY_APP.id, clientSecret: SPOTIFY_APP.secret }),
        ...(spotifyCalls ? { webhooks: spotifyCalls } : {}),
      },
      deezer({ appId: DEEZER_APP.id, appSecret: DEEZER_APP.secret }),
    ],
    storage,
    encryption: keyring({ current: "k1", keys: { k1: randomBytes(32).toString("base64") } }),
    fetch: sandbox.fetch as typeof fetch,
    ...(webhooks ? { webhooks } : {}),
    ...(logger ? { logger } : {}),
  });
  await engine.migrate();
  const unexpected: unknown[] = [];
  const handler = createHttpHandler({
    engine,
    // A stand-in for the host's session.
    user: ({ headers }) => {
      const userId = headers.get("x-test-user");
      return userId ? { userId } : undefined;
    },
    redirectUrls: Object.values(REDIRECTS),
    onError: (error) => unexpected.push(error),
    ...options,
  });

  async function call(method: string, path: string, given: Call = {}) {
    const { as = "as" in given ? undefined : "anna", json, headers = {}, body } = given;
    const request = new Request(`${ORIGIN}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(as ? { "x-test-user": as } : {}),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    });
    const response = await handler.fetch(request);
    const text = await response.text();
    expect(answerProblems(handler.openApi(), { method, path, response, text })).toEqual([]);
    const isJson = response.headers.get("content-type")?.includes("json") && !text.includes("\n");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text ? JSON.parse(text) : undefined,
    };
  }

  async function connect(service: keyof typeof REDIRECTS, as: Person = "anna") {
    const begun = await call("POST", `/api/services/${service}/connect`, {
      as,
      json: { redirect_url: REDIRECTS[service] },
    });
    expect(begun).toMatchObject({ status: 200 });
    const callback = await signIn({ fetch: sandbox.fetch, url: begun.json.auth_url, user: ACCOUNTS[as][service] });
    return { begun: begun.json, callbackPath: `/api/services/${service}/callback${callback.search}` };
  }

  async function connected(as: Person = "anna") {
    for (const service of ["spotify", "deezer"] as const) {
      const { callbackPath } = await connect(service, as);
      expect(await call("GET", callbackPath, { as })).toMatchObject({ status: 200, json: { outcome: "connected" } });
    }
  }

  return { sandbox, storage, engine, handler, call, connect, connected, unexpected };
}

export type Lab = Awaited<ReturnType<typeof createLab>>;
