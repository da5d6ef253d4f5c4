import { type Catalogue, createCatalogue } from "./catalogue/catalogue.ts";
import type { DisagreementRates } from "./catalogue/disagreements.ts";
import { type Clock, realClock, type WaitingClock, withSleep } from "./clock.ts";
import { createControl, type SandboxControl } from "./control.ts";
import { createDeezerApiApp } from "./deezer/api-app.ts";
import { createDeezerConnectApp } from "./deezer/connect-app.ts";
import type { DeezerSettings } from "./deezer/world.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { FaultBook } from "./faults/fault-book.ts";
import { ConnectionLost } from "./faults/strike.ts";
import { createGoogleAccountsApp } from "./google-calendar/accounts-app.ts";
import { createGoogleApiApp } from "./google-calendar/api-app.ts";
import type { NotificationFetch } from "./google-calendar/channels.ts";
import { createGoogleTokenApp } from "./google-calendar/token-app.ts";
import { createGoogleUserinfoApp } from "./google-calendar/userinfo-app.ts";
import type { GoogleSettings } from "./google-calendar/world.ts";
import type { ListenOptions, RunningServer } from "./server.ts";
import { createSpotifyAccountsApp } from "./spotify/accounts-app.ts";
import { createSpotifyApiApp } from "./spotify/api-app.ts";
import type { SpotifyRegime } from "./spotify/clients.ts";
import type { SpotifySettings } from "./spotify/world.ts";
import { StatsBook } from "./stats.ts";
import { createWorlds } from "./worlds.ts";

/** How a sandbox is set up. Everything is optional. */
export interface SandboxOptions {
  /** The time that lifetimes, windows and dates are counted in. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Decides what the catalogues disagree about, ids, tokens. Default 1. */
  readonly seed?: number | string;
  /** Regime of the Spotify client that is registered from the start. Default: `DEV`, what a newcomer gets today. */
  readonly regime?: SpotifyRegime;
  /** How long every answer takes, in the clock's time. Default 0. */
  readonly latencyMs?: number;
  /** Limits of the services; `false` switches one off. Default: 90 per 30 s and client, 50 per 5 s and address, and Google's published ones. */
  readonly rateLimits?: {
    readonly spotify?: SpotifySettings["rateLimit"];
    readonly deezer?: DeezerSettings["rateLimit"];
    readonly google?: GoogleSettings["rateLimits"];
  };
  /**
   * Takes push notifications of Google's channels to their addresses: a function of a test, or the platform's `fetch`.
   * Default: none, so that nothing leaves the process; what would have gone out is in `control.google.notifications()`.
   */
  readonly notificationFetch?: NotificationFetch;
  /** How much the catalogues disagree. Default: the measured rates. */
  readonly disagreements?: DisagreementRates;
}

/** Resolver and namespace of msw, as far as they are needed; `import { http } from "msw"` fits. */
export interface MswHttp<Handler> {
  all(url: string, resolver: (info: { readonly request: Request }) => Promise<Response>): Handler;
}

/** Stand-ins of Spotify, Deezer and Google Calendar with state of their own. */
export interface Sandbox {
  /** Serves the services' real addresses (`https://api.spotify.com/…`). Everything else rejects: nothing leaves the process. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Handlers for msw: `setupServer(...sandbox.handlers(http))`. */
  handlers<Handler>(http: MswHttp<Handler>): Handler[];
  /** Starts an HTTP server (Node only) that serves every origin under its host name as first path segment. */
  listen(options?: ListenOptions): Promise<RunningServer>;
  readonly control: SandboxControl;
  readonly catalogue: Catalogue;
  /** Serves a request as the server does; for mounting the sandbox elsewhere. */
  readonly dispatcher: Dispatcher;
}

/** Builds a sandbox. The catalogue is real metadata; the users are invented and start with empty libraries. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock: WaitingClock = withSleep(options.clock ?? realClock);
  const seed = options.seed ?? 1;
  const catalogue = createCatalogue(seed, options.disagreements);
  const worlds = createWorlds({
    clock,
    catalogue,
    seed,
    regime: options.regime ?? "DEV",
    rateLimits: options.rateLimits ?? {},
    notificationFetch: options.notificationFetch,
  });
  const faults = new FaultBook();
  const stats = new StatsBook();
  const settings = { latencyMs: options.latencyMs ?? 0 };
  const dispatcher = createDispatcher({
    clock,
    faults,
    stats,
    settings,
    apps: () =>
      worlds.apps(({ spotify, deezer, google }) => [
        createSpotifyAccountsApp(spotify),
        createSpotifyApiApp(spotify),
        createDeezerConnectApp(deezer),
        createDeezerApiApp(deezer),
        createGoogleAccountsApp(google),
        createGoogleTokenApp(google),
        createGoogleUserinfoApp(google),
        createGoogleApiApp(google),
      ]),
  });
  const fetch: Sandbox["fetch"] = (input, init) => dispatcher.serveReal(new Request(input, init));
  const sandbox: Sandbox = {
    fetch,
    handlers: (http) =>
      dispatcher.origins.map((origin) =>
        http.all(`${origin}/*`, ({ request }) =>
          dispatcher.serveReal(request).catch((error: unknown) => {
            // msw turns what a resolver throws into a 500, and this answer into a failed connection.
            if (error instanceof ConnectionLost) return Response.error();
            throw error;
          }),
        ),
      ),
    listen: async (listenOptions) => (await import("./server.ts")).listen(sandbox, listenOptions),
    control: createControl({ worlds, faults, stats, settings, clock, catalogue }),
    catalogue,
    dispatcher,
  };
  return sandbox;
}
