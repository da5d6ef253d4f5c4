import {
  type ClientCredentials,
  checkOptions,
  originOptionSchema,
  type RateLimit,
  rateLimitOptionSchema,
} from "@syncer/core";
import { z } from "zod";

/** How the application is known to Spotify: fixed credentials, or one developer application per tenant. */
type SpotifyClientOptions =
  | {
      readonly clientId: string;
      /** Leave it out for a public client; PKCE then stands in for the secret. */
      readonly clientSecret?: string;
      readonly credentials?: never;
    }
  | {
      readonly credentials: (tenantId: string) => ClientCredentials | Promise<ClientCredentials>;
      readonly clientId?: never;
      readonly clientSecret?: never;
    };

export type SpotifyOptions = SpotifyClientOptions & {
  /** Scopes to ask for beside those of the sync types, for example `user-read-email`. */
  readonly scopes?: readonly string[];
  /** Where the service is; other than the real one for a stand-in. */
  readonly origins?: { readonly accounts?: string; readonly api?: string };
  /**
   * An ISO 3166-1 alpha-2 country for catalogue questions without a user. With a user's token Spotify takes the
   * user's own country, which is what a sync wants; so leave it out unless you know why.
   */
  readonly market?: string;
  /** A budget other than 90 requests in 30 s, for example with Extended Quota. */
  readonly rateLimit?: Partial<RateLimit>;
};

const optionsSchema = z
  .strictObject(
    {
      clientId: z.string("the client id, a string").min(1, "the client id, not an empty string").optional(),
      clientSecret: z
        .string("the client secret, a string")
        .min(1, "the client secret, not an empty string; no secret at all for a public client")
        .optional(),
      credentials: z.custom((value) => typeof value === "function", "a function of the tenant id").optional(),
      scopes: z.array(z.string("a list of scope names").min(1, "scope names, none empty"), "a list").optional(),
      origins: z
        .strictObject(
          { accounts: originOptionSchema.optional(), api: originOptionSchema.optional() },
          "{ accounts?, api? }",
        )
        .optional(),
      market: z
        .string("a country code")
        .regex(/^[A-Z]{2}$/, "a country code of two capital letters (ISO 3166-1 alpha-2)")
        .optional(),
      rateLimit: rateLimitOptionSchema.optional(),
    },
    "an options object",
  )
  .superRefine((options, context) => {
    const problem = clientProblem(options);
    if (problem) context.addIssue({ code: "custom", path: [problem.option], message: problem.expected });
  });

function clientProblem(options: {
  readonly clientId?: unknown;
  readonly clientSecret?: unknown;
  readonly credentials?: unknown;
}): { readonly option: string; readonly expected: string } | undefined {
  if (options.credentials === undefined) {
    return options.clientId === undefined
      ? { option: "clientId", expected: "the client id of your application, or `credentials`" }
      : undefined;
  }
  return options.clientId === undefined && options.clientSecret === undefined
    ? undefined
    : { option: "credentials", expected: "either `credentials` or `clientId` with `clientSecret`, not both" };
}

const FIXES = {
  clientId: "Copy it from your application's page at developer.spotify.com/dashboard.",
  clientSecret: "Copy it from your application's page at developer.spotify.com/dashboard.",
  credentials: "Give one of the two ways to name the application.",
  origins: "Leave it out for the real service; name the stand-in's addresses for tests.",
  market: 'Write for example "SE", or leave it out.',
};

/** @throws {ConfigurationError} with every problem, each under its path (`spotify.clientId`) */
export function checkSpotifyOptions(options: SpotifyOptions): void {
  checkOptions("spotify", optionsSchema, options, FIXES);
}
