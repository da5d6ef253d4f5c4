import { z } from "zod";
import { InvalidRequestError } from "../errors/index.ts";
import { reauthorizationReasons } from "./reasons.ts";
import { SCOPE } from "./scopes.ts";

/** Ids of the host's: opaque, but bounded, and without control characters, which databases and logs trip over. */
const hostId = z
  .string()
  .min(1, "must not be empty")
  .max(255, "must have at most 255 characters")
  .regex(/^\P{Cc}*$/u, "must hold no control characters");

const scope = z.string().regex(SCOPE, "must be a scope: printable, without spaces and commas");

const word = z.string().min(1, "must not be empty").max(8_192, "is too long");

const owner = { tenantId: hostId.optional(), userId: hostId };
const callbackOwner = { service: word, tenantId: hostId.optional(), userId: hostId.optional() };

/** What may be asked for, checked at the border: the types promise it to TypeScript's users only. */
export const requestSchemas = {
  begin: z.strictObject({
    ...owner,
    service: word,
    redirectUrl: word,
    types: z.array(word).min(1, "must name at least one type").optional(),
    access: z.enum(["read", "read-write"]).optional(),
    extraScopes: z.array(scope).optional(),
    connectionId: hostId.optional(),
  }),
  complete: z.union(
    [
      z.strictObject({ ...callbackOwner, callbackUrl: z.union([word, z.instanceof(URL)]) }),
      z.strictObject({ ...callbackOwner, code: word, state: word }),
      z.strictObject({ ...callbackOwner, error: word, state: word }),
    ],
    "needs `service` with either `callbackUrl`, `code` and `state`, or `error` and `state`, and no other field than `tenantId` and `userId`",
  ),
  addPublic: z.strictObject({ ...owner, service: word, accountId: word }),
  addBasic: z.strictObject({
    ...owner,
    service: word,
    serverUrl: word.optional(),
    // RFC 7617 §2: a colon ends the name, and control characters are for neither.
    username: word.regex(/^[^:\p{Cc}]+$/u, "must hold no colon and no control characters"),
    password: word.regex(/^\P{Cc}+$/u, "must hold no control characters"),
  }),
  list: z.strictObject({ ...owner, service: word.optional() }),
  reference: z.strictObject({ tenantId: hostId.optional(), userId: hostId.optional(), connectionId: hostId }),
  setEnabled: z.boolean(),
  reason: z.enum(reauthorizationReasons),
  requireScopes: z.object({
    connection: z.object({ service: word, scopes: z.array(z.string()) }),
    type: word,
    access: z.enum(["read", "write"]),
  }),
  expiringSoon: z.strictObject({
    tenantId: hostId.optional(),
    userId: hostId.optional(),
    withinMs: z.number().min(0, "must not be negative"),
  }),
} as const;

/**
 * Refuses what a method cannot work with, before anything is done.
 * @param path how the caller knows it, for example `connections.begin`
 * @throws {InvalidRequestError} `request.invalid`, naming the first problem; values are never shown
 */
export function checkRequest(path: string, schema: z.ZodType, request: unknown): void {
  const issue = schema.safeParse(request).error?.issues[0];
  if (!issue) return;
  throw new InvalidRequestError("request.invalid", {
    path: [path, ...issue.path.map(String)].join("."),
    problem: issue.message,
  });
}
