import { z } from "zod";
import { ConfigurationError } from "../errors/index.ts";

/**
 * Checks what a host gave to a factory (`spotify(…)`, a provider of one's own) and reports every problem at once.
 * Values never appear in the problems, so that a secret in the wrong place stays out of logs.
 *
 * @param path how the host knows the options, for example `spotify`; problems are named `spotify.clientId`
 * @param schema its messages complete the words "expected …"
 * @param fixes what to do, by option name; without an entry the problem points to the package's README
 * @throws {ConfigurationError} with one problem per option
 */
export function checkOptions(
  path: string,
  schema: z.ZodType,
  options: unknown,
  fixes: Readonly<Record<string, string>> = {},
): void {
  const result = schema.safeParse(options);
  if (result.success) return;
  throw new ConfigurationError(
    result.error.issues.flatMap((issue) => {
      const named = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
      return named.map((unknownKey) => ({
        path: [path, ...issue.path.map(String), ...(unknownKey === undefined ? [] : [unknownKey])].join("."),
        expected: unknownKey === undefined ? issue.message : "no option of this name",
        fix:
          unknownKey === undefined
            ? (fixes[String(issue.path[0] ?? "")] ?? `See the options in the README of the ${path} provider.`)
            : "Check the spelling, or remove it.",
      }));
    }),
  );
}

const positive = z.number("a positive number").positive("a positive number");

/** For an option `rateLimit` that replaces some figures of a provider's budget; see `RateLimit`. */
export const rateLimitOptionSchema = z.strictObject({
  requests: positive.optional(),
  perMs: positive.optional(),
  concurrency: positive.optional(),
  sharedBy: z.enum(["client", "egress", "user"], 'one of "client", "egress", "user"').optional(),
  perDay: positive.optional(),
  quietMs: z.array(positive, "a list of positive numbers").min(1, "at least one number").optional(),
});

/** For the options that say where a service is: an http or https URL. */
export const originOptionSchema = z.url({ protocol: /^https?$/, error: "an http or https URL" });
