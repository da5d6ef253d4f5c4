import {
  type ClientCredentials,
  checkOptions,
  originOptionSchema,
  type RateLimit,
  rateLimitOptionSchema,
} from "@syncer/core";
import { z } from "zod";
import { EVENT_TYPES, type EventType } from "./event-types.ts";

/** How the application is known to Google: fixed credentials, or one OAuth client per tenant. */
type GoogleClientOptions =
  | {
      readonly clientId: string;
      /** Google asks for it with PKCE too. */
      readonly clientSecret: string;
      readonly credentials?: never;
    }
  | {
      readonly credentials: (tenantId: string) => ClientCredentials | Promise<ClientCredentials>;
      readonly clientId?: never;
      readonly clientSecret?: never;
    };

export type GoogleCalendarOptions = GoogleClientOptions & {
  /** Scopes to ask for beside those of the sync types and `openid email`, by their full names. */
  readonly scopes?: readonly string[];
  /**
   * Kinds of events to read. Default: `["default"]`. Focus time, absences and the like can be read, and taken to other services, where
   * `EventRules.skip` of `@syncer/calendar` can tell them apart; Google takes few changes of them, and refuses the others one by one.
   */
  readonly eventTypes?: readonly EventType[];
  /** Where the service is; other than the real one for a stand-in. */
  readonly origins?: {
    readonly accounts?: string;
    readonly oauth?: string;
    readonly userinfo?: string;
    readonly api?: string;
  };
  /** A budget other than 600 units in a minute for each user, 6 requests at a time. */
  readonly rateLimit?: Partial<RateLimit>;
};

const optionsSchema = z
  .strictObject(
    {
      clientId: z.string("the client id, a string").min(1, "the client id, not an empty string").optional(),
      clientSecret: z.string("the client secret, a string").min(1, "the client secret, not an empty string").optional(),
      credentials: z.custom((value) => typeof value === "function", "a function of the tenant id").optional(),
      scopes: z.array(z.string("a list of scope names").min(1, "scope names, none empty"), "a list").optional(),
      eventTypes: z
        .array(z.enum(EVENT_TYPES, `one of ${EVENT_TYPES.join(", ")}`), "a list of kinds of events")
        .min(1, "at least one kind")
        .optional(),
      origins: z
        .strictObject(
          {
            accounts: originOptionSchema.optional(),
            oauth: originOptionSchema.optional(),
            userinfo: originOptionSchema.optional(),
            api: originOptionSchema.optional(),
          },
          "{ accounts?, oauth?, userinfo?, api? }",
        )
        .optional(),
      rateLimit: rateLimitOptionSchema.optional(),
    },
    "an options object",
  )
  .superRefine((options, context) => {
    for (const { option, expected } of clientProblems(options)) {
      context.addIssue({ code: "custom", path: [option], message: expected });
    }
  });

interface ClientProblem {
  readonly option: string;
  readonly expected: string;
}

function clientProblems(options: {
  readonly clientId?: unknown;
  readonly clientSecret?: unknown;
  readonly credentials?: unknown;
}): readonly ClientProblem[] {
  const { clientId, clientSecret, credentials } = options;
  if (credentials !== undefined) {
    const isBoth = clientId !== undefined || clientSecret !== undefined;
    const expected = "either `credentials` or `clientId` with `clientSecret`, not both";
    return isBoth ? [{ option: "credentials", expected }] : [];
  }
  return [
    ...(clientId === undefined
      ? [{ option: "clientId", expected: "the client id of your application, or `credentials`" }]
      : []),
    ...(clientSecret === undefined
      ? [{ option: "clientSecret", expected: "the client secret, which Google asks for with PKCE too" }]
      : []),
  ];
}

const FIXES = {
  clientId: "Copy it from your OAuth client's page at console.cloud.google.com (APIs & Services, Credentials).",
  clientSecret: "Copy it from your OAuth client's page at console.cloud.google.com (APIs & Services, Credentials).",
  credentials: "Give one of the two ways to name the application.",
  origins: "Leave it out for the real service; name the stand-in's addresses for tests.",
};

/** @throws {ConfigurationError} with every problem, each under its path (`google-calendar.clientId`) */
export function checkGoogleCalendarOptions(options: GoogleCalendarOptions): void {
  checkOptions("google-calendar", optionsSchema, options, FIXES);
}
