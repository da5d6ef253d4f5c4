import { z } from "zod";
import type { ConfigurationProblem } from "../errors/index.ts";

const aFunction = z.custom((value) => typeof value === "function", "a function");
const object = z.custom((value) => typeof value === "object" && value !== null, "an object");

const form = z.object(
  {
    name: z.string("a name"),
    displayName: z.string("a name for people"),
    category: z.string("a category"),
    authorization: z.object(
      { kind: z.enum(["oauth2", "basic", "none"], 'kind "oauth2", "basic" or "none"') },
      "an authorization",
    ),
    transport: z.object({ rateLimit: object, classify: aFunction }, "rateLimit and classify"),
    items: object,
    webhooks: z
      .object(
        {
          maxTtlMs: z.number("a number"),
          types: z.array(z.string("a sync type"), "sync types").optional(),
          watch: aFunction,
          renew: aFunction.optional(),
          stop: aFunction,
          read: aFunction,
          handshake: aFunction.optional(),
        },
        "maxTtlMs, watch, stop and read",
      )
      .optional(),
    collections: z.record(z.string(), z.object({ read: object }, "a collection with read").optional(), "an object"),
    profile: aFunction,
    health: aFunction,
    dataPolicy: object,
  },
  "a provider",
);

/** What keeps a value from being a provider at all, before anything is said of its figures. */
export function formProblems(value: unknown, path: string): ConfigurationProblem[] {
  const result = form.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].join("."),
    expected: issue.message,
    fix: "Build providers with defineProvider(), or take one of the ready-made packages.",
  }));
}
