import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { AnyProvider, Session } from "../contract/index.ts";
import { ConfigurationError, InvalidRequestError } from "../errors/index.ts";
import { type Clock, type Logger, type Random, type StorageAdapter, silentLogger } from "../ports/index.ts";
import { AbortHub } from "./abort.ts";
import type { Budgets } from "./budgets.ts";
import type { Governor } from "./governor.ts";
import { createOAuthFetch } from "./oauth-fetch.ts";
import { createSendOnce } from "./send-once.ts";
import type { ServiceBudget } from "./service-budget.ts";
import { SessionClient } from "./session-client.ts";
import type { SessionOptions, Transport } from "./types.ts";

const DEFAULT_USER_AGENT = "syncer (+https://www.npmjs.com/package/@syncer/core)";

export interface TransportOptions {
  /** Sends every request, OAuth included. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  /** Keeps the quiet that services asked for over restarts (`service_limits`). Absent: in memory only. */
  readonly storage?: StorageAdapter;
  readonly userAgent?: string;
  /** Default: one for this process. Several processes that share a limit need a shared one, see `sharedGovernor`. */
  readonly governor?: Governor;
  /** Of a budget's name, which holds a client id or a connection id. Default: SHA-256 in hex. */
  readonly hash?: (text: string) => string;
}

/** What opens sessions. Make one per engine, so that all sessions share budgets and circuits. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, random, storage, userAgent = DEFAULT_USER_AGENT, hash = sha256Hex } = options;
  assertUserAgent(userAgent);
  const log = safeLog(options.logger ?? silentLogger, clock);
  const sendOnce = createSendOnce({ fetch: options.fetch, clock });
  let loading: Promise<Budgets> | undefined;
  const load = async (): Promise<Budgets> => {
    loading ??= import("./budgets.ts").then(({ createBudgets }) =>
      createBudgets({ clock, random, log, storage, governor: options.governor }),
    );
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  const budgetOf = async (provider: AnyProvider, tenantId: string, connectionId?: string): Promise<ServiceBudget> => {
    const { rateLimit } = provider.transport;
    const name = [provider.name, rateLimit.sharedBy, await countedUnder(provider, tenantId, connectionId)];
    return (await load())(provider.name, hash(JSON.stringify(name)), rateLimit);
  };

  return {
    session(session: SessionOptions): Session {
      assertWait(session.maxWaitMs);
      const { provider, tenantId, connectionId, accountId, serverUrl, grantedScopes = [] } = session;
      const abort = new AbortHub(session.signal ?? new AbortController().signal);
      // Before there is a connection, a server that one user named must not keep others from theirs.
      const party = connectionId ?? (serverUrl === undefined ? undefined : `server ${serverUrl}`);
      const budget = () => budgetOf(provider, tenantId, party);
      return {
        service: provider.name,
        tenantId,
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(accountId === undefined ? {} : { accountId }),
        ...(serverUrl === undefined ? {} : { serverUrl }),
        http: new SessionClient(session, { clock, random, sendOnce, userAgent, log, budget, abort }),
        grantedScopes: new Set(grantedScopes),
        signal: abort.signal,
      };
    },
    oauthFetch: (provider, { signal, meter } = {}) =>
      createOAuthFetch({ provider, sendOnce, userAgent, log, clock, signal, meter }),
    limits: async (provider, tenantId, connectionId) => (await budgetOf(provider, tenantId, connectionId)).status(),
  };
}

/** Whom the service counts. A connection's own budget without a connection (health checks) is the tenant's. */
async function countedUnder(provider: AnyProvider, tenantId: string, connectionId?: string): Promise<string> {
  switch (provider.transport.rateLimit.sharedBy) {
    case "egress":
      return "";
    case "user":
      return connectionId ?? tenantId;
    case "client": {
      if (provider.authorization.kind !== "oauth2") return "";
      const { client } = provider.authorization;
      return (typeof client === "function" ? await client(tenantId) : client).clientId;
    }
  }
}

function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

function safeLog(logger: Logger, clock: Clock): (event: Omit<Parameters<Logger>[0], "atMs">) => void {
  return (event) => {
    try {
      logger({ ...event, atMs: clock.now() });
    } catch {
      // By the port's promise: a logger that throws harms nothing.
    }
  };
}

function assertUserAgent(userAgent: string): void {
  if (/^[\x20-\x7e]+$/.test(userAgent)) return;
  const fix = 'Give a product token such as "my-app/1.0".';
  throw new ConfigurationError([{ path: "userAgent", expected: "printable ASCII", fix }]);
}

function assertWait(maxWaitMs: number | undefined): void {
  if (maxWaitMs === undefined || maxWaitMs >= 0) return;
  throw new InvalidRequestError("request.invalid", { path: "maxWaitMs", problem: "expected ms, 0 or more." });
}
