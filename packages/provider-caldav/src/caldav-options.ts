import { type AddressRules, checkOptions, type RateLimit, rateLimitOptionSchema } from "@syncer/core";
import { z } from "zod";

export interface CaldavOptions {
  /**
   * Which servers may be named. Default: public ones over https. A server in the operator's own network needs `allowPrivate`. Give
   * `resolve` wherever the platform can look names up.
   */
  readonly addresses?: AddressRules;
  /**
   * Domains below which all hosts belong to one provider, so that a redirect or a calendar on another of them may have the password:
   * `["example.org"]` for `dav.example.org` and `calendars.example.org`. iCloud's is known.
   */
  readonly sites?: readonly string[];
  /** What users are shown. Default `CalDAV`. */
  readonly displayName?: string;
  /**
   * A budget other than 100 requests in 1 s, 4 at a time, for each account. A server that is known to bear it may be asked for more at
   * once: the engine writes up to 8 events at a time.
   */
  readonly rateLimit?: Partial<RateLimit>;
  /** Milliseconds since the epoch, for DTSTAMP and LAST-MODIFIED of what is written. Default: the machine's clock. */
  readonly now?: () => number;
}

const aFunction = z.custom<(...given: never[]) => unknown>((given) => typeof given === "function", "a function");

const addressesSchema = z.strictObject(
  {
    resolve: aFunction.optional(),
    allowPrivate: z.boolean("true or false").optional(),
    schemes: z
      .array(z.enum(["https", "http"], 'one of "https", "http"'), "a list")
      .min(1, "at least one")
      .optional(),
    ports: z.array(z.int("a port").min(1, "a port").max(65_535, "a port"), "a list of ports").optional(),
  },
  "{ resolve?, allowPrivate?, schemes?, ports? }",
);

/** At least two words: below one word there is everybody. */
const DOMAIN = /^(?=.{3,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;

const optionsSchema = z.strictObject(
  {
    addresses: addressesSchema.optional(),
    sites: z.array(z.string().regex(DOMAIN, "a domain such as example.org"), "a list of domains").optional(),
    displayName: z.string("a name").min(1, "a name").optional(),
    rateLimit: rateLimitOptionSchema.optional(),
    now: aFunction.optional(),
  },
  "an options object, or nothing",
);

const FIXES = {
  addresses: "See `AddressRules` in @syncer/core. Leave it out for public servers over https.",
  sites: "Name domains that one provider owns as a whole, never an ending under which anybody gets a name.",
};

/** @throws {ConfigurationError} with every problem, each under its path (`caldav.addresses.schemes`) */
export function checkCaldavOptions(options: CaldavOptions): void {
  checkOptions("caldav", optionsSchema, options, FIXES);
}
