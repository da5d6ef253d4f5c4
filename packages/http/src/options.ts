import { ConfigurationError, type ConfigurationProblem, type Engine } from "@syncer/core";

/** Who asks, as the host knows them; both ids are opaque to Syncer. */
export interface HttpUser {
  readonly userId: string;
  /** Default `"default"`. */
  readonly tenantId?: string;
}

/** What a handler needs of its host. */
export interface HttpOptions {
  readonly engine: Engine;
  /**
   * Who is signed in, by the host's own session. `undefined`: nobody, and the request is answered by 401. It is asked once a
   * request; what it throws is a 500.
   */
  readonly user: (request: Request) => Promise<HttpUser | undefined> | HttpUser | undefined;
  /**
   * Where services may send users back to: whole addresses, as they are registered at the services. One that a client names
   * and that is not in this list is refused, so that nobody is sent anywhere else.
   */
  readonly redirectUrls: readonly string[];
  /**
   * Where the browser goes after a sign-in at a service, with `service` and `outcome` or `error` in its query. Absent: the
   * callback answers in JSON.
   */
  readonly returnTo?: string;
  /** What stands before all routes but `/health`. Default `/api`. */
  readonly basePath?: string;
  /**
   * Where those that look after processes ask how this host is, at the root and without sign-in: codes only, 503 if the database does
   * not answer. Default `/health`; `false`: nowhere.
   */
  readonly healthPath?: string | false;
  /**
   * Where services call, at the root: `<webhooksPath>/<service>`. Each delivery is verified by itself; it only wakes runs. Default
   * `/webhooks`; `false`: nowhere.
   */
  readonly webhooksPath?: string | false;
  /** The longest body of a request, in bytes. Default 65,536. */
  readonly maxBodyBytes?: number;
  /** How often a job whose progress is shown is looked at, in ms. Runs of this process are shown at once. Default 1,000. */
  readonly progressEveryMs?: number;
  /** Told of errors that are none of this SDK's; what they say is in no answer. */
  readonly onError?: (error: unknown) => void;
}

/** {@link HttpOptions}, checked, with its defaults. */
export interface HttpSettings extends Required<Omit<HttpOptions, "returnTo" | "onError">> {
  readonly returnTo: string | undefined;
  readonly onError: (error: unknown) => void;
}

const DEFAULT_MAX_BODY_BYTES = 65_536;

/** @throws {ConfigurationError} `config.invalid`, with every problem at once */
export function readOptions(options: HttpOptions): HttpSettings {
  const problems: ConfigurationProblem[] = [];
  const need = (ok: boolean, path: string, expected: string, fix: string): void => {
    if (!ok) problems.push({ path, expected, fix });
  };
  const {
    engine,
    user,
    redirectUrls,
    returnTo,
    basePath = "/api",
    healthPath = "/health",
    webhooksPath = "/webhooks",
    maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
    progressEveryMs = 1_000,
  } = options ?? {};
  need(typeof engine?.enqueue === "function", "engine", "an engine", "Give what createSyncEngine() returned.");
  need(
    typeof user === "function",
    "user",
    "a function",
    "Give one that tells who is signed in: (request) => ({ userId }).",
  );
  need(
    Array.isArray(redirectUrls) && redirectUrls.every((url) => isAddress(url)),
    "redirectUrls",
    "a list of whole http or https addresses",
    'Name each callback that is registered at a service: ["https://app.example/api/services/spotify/callback"].',
  );
  need(
    returnTo === undefined || isAddress(returnTo) || /^\/(?![/\\])/.test(returnTo),
    "returnTo",
    "a path or a whole address",
    'Name the page that shows the connected services: "/settings".',
  );
  need(
    typeof basePath === "string" && /^(\/[\w.~-]+)*$/.test(basePath),
    "basePath",
    'a path without a slash at its end, or ""',
    'Leave it out for "/api".',
  );
  need(
    healthPath === false || (typeof healthPath === "string" && /^(\/[\w.~-]+)+$/.test(healthPath)),
    "healthPath",
    "a path, or false",
    'Leave it out for "/health".',
  );
  need(
    webhooksPath === false || (typeof webhooksPath === "string" && /^(\/[\w.~-]+)+$/.test(webhooksPath)),
    "webhooksPath",
    "a path, or false",
    'Leave it out for "/webhooks".',
  );
  need(
    Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0,
    "maxBodyBytes",
    "a whole number above 0",
    "Leave it out for 65,536.",
  );
  need(
    Number.isFinite(progressEveryMs) && progressEveryMs >= 100,
    "progressEveryMs",
    "100 or more milliseconds",
    "Leave it out for 1,000.",
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    engine,
    user,
    redirectUrls,
    returnTo,
    basePath,
    healthPath,
    webhooksPath,
    maxBodyBytes,
    progressEveryMs,
    onError: options.onError ?? (() => {}),
  };
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
