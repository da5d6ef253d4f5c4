import {
  type ClientCredentials,
  checkOptions,
  originOptionSchema,
  type RateLimit,
  rateLimitOptionSchema,
} from "@syncer/core";
import { z } from "zod";

interface DeezerCommonOptions {
  /** Where the service is; other than the real one for a stand-in. */
  readonly origins?: { readonly connect?: string; readonly api?: string };
  /** Language of names and titles, as an `Accept-Language` value. Default `en`. */
  readonly language?: string;
  /** A budget other than 50 requests in 5 s, for example a share of it when several processes use one address. */
  readonly rateLimit?: Partial<RateLimit>;
}

/** Reading what Deezer shows to anybody: catalogue, search, and favourites of users whose profile is public. */
export interface DeezerPublicOptions extends DeezerCommonOptions {
  readonly mode?: "public";
  readonly appId?: never;
  readonly appSecret?: never;
  readonly credentials?: never;
  readonly permissions?: never;
}

/** Acting for users, with a developer application. Deezer has registered no new ones since 2024. */
export type DeezerAppOptions = DeezerCommonOptions & {
  readonly mode?: "full";
  /** Permissions to ask for beside those of the sync types, for example `email`. */
  readonly permissions?: readonly string[];
} & (
    | { readonly appId: string; readonly appSecret: string; readonly credentials?: never }
    | {
        /** One developer application per tenant: `clientId` is the app id, `clientSecret` the secret key. */
        readonly credentials: (tenantId: string) => ClientCredentials | Promise<ClientCredentials>;
        readonly appId?: never;
        readonly appSecret?: never;
      }
  );

export type DeezerOptions = DeezerPublicOptions | DeezerAppOptions;

/** Whether the options name an application. Without one, or with `mode: "public"`, the provider only reads. */
export function isAppOptions(options: DeezerOptions): options is DeezerAppOptions {
  return options.appId !== undefined || options.credentials !== undefined;
}

const optionsSchema = z
  .strictObject(
    {
      mode: z.enum(["full", "public"], '"full" or "public"').optional(),
      appId: z.string("the app id, a string of digits").regex(/^\d+$/, "the app id, digits only").optional(),
      appSecret: z.string("the secret key, a string").min(1, "the secret key, not an empty string").optional(),
      credentials: z.custom((value) => typeof value === "function", "a function of the tenant id").optional(),
      permissions: z.array(z.string("permission names").min(1, "permission names, none empty"), "a list").optional(),
      origins: z
        .strictObject(
          { connect: originOptionSchema.optional(), api: originOptionSchema.optional() },
          "{ connect?, api? }",
        )
        .optional(),
      language: z
        .string("a language")
        .regex(/^[A-Za-z0-9,;=.*\- ]+$/, "an Accept-Language value such as `sv` or `sv, en;q=0.5`")
        .optional(),
      rateLimit: rateLimitOptionSchema.optional(),
    },
    "an options object, or nothing for the public mode",
  )
  .superRefine((options, context) => {
    for (const { option, expected } of applicationProblems(options)) {
      context.addIssue({ code: "custom", path: [option], message: expected });
    }
  });

interface ApplicationOptions {
  readonly mode?: "full" | "public" | undefined;
  readonly appId?: unknown;
  readonly appSecret?: unknown;
  readonly credentials?: unknown;
  readonly permissions?: unknown;
}

function applicationProblems(
  options: ApplicationOptions,
): readonly { readonly option: string; readonly expected: string }[] {
  const { mode, appId, appSecret, credentials, permissions } = options;
  const given = Object.entries({ appId, appSecret, credentials, permissions }).filter(
    ([, value]) => value !== undefined,
  );
  if (mode === "public") {
    return given.map(([option]) => ({ option, expected: "nothing in public mode" }));
  }
  if (credentials !== undefined) {
    return appId === undefined && appSecret === undefined
      ? []
      : [{ option: "credentials", expected: "either `credentials` or `appId` with `appSecret`, not both" }];
  }
  if (mode === undefined && given.length === 0) return [];
  return [
    ...(appId === undefined ? [{ option: "appId", expected: "the app id of your application" }] : []),
    ...(appSecret === undefined ? [{ option: "appSecret", expected: "the secret key of your application" }] : []),
  ];
}

const WHERE_FROM =
  "Copy it from your application's page at developers.deezer.com/myapps. Deezer registers no new applications; without one, call deezer() for the public mode.";

const FIXES = {
  appId: WHERE_FROM,
  appSecret: WHERE_FROM,
  credentials: "Give one of the two ways to name the application.",
  mode: 'Leave it out: the mode follows from whether an application is given. Or write "full" or "public".',
  permissions: "Permissions belong to the full mode; leave them out in public mode.",
  origins: "Leave it out for the real service; name the stand-in's addresses for tests.",
};

/** @throws {ConfigurationError} with every problem, each under its path (`deezer.appId`) */
export function checkDeezerOptions(options: DeezerOptions): void {
  checkOptions("deezer", optionsSchema, options, FIXES);
}
