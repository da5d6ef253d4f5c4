import { type Hook, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Engine } from "@syncer/core";
import type { HttpSettings, HttpUser } from "./options.ts";
import { HttpProblem, problemSchema, toProblem } from "./problems.ts";

/** Whose request it is, in the engine's words. */
export type Owner = { readonly tenantId: string; readonly userId: string };

export interface Env {
  Bindings: {
    readonly owner: Owner;
    /** Whether the same user is still signed in: for answers that go on. */
    readonly isSignedIn: () => Promise<boolean>;
  };
}

export type App = OpenAPIHono<Env>;

/** What routes are made of. */
export interface RouteParts {
  readonly engine: Engine;
  readonly settings: HttpSettings;
}

/** Says which field is wrong and how, never what was in it. */
const onInvalid: Hook<unknown, Env, string, unknown> = (result) => {
  if (result.success) return;
  const errors = result.error.issues.map(({ path, message }) => ({
    path: [result.target === "json" ? "body" : result.target, ...path].map(String).join("."),
    problem: message,
  }));
  const [first] = errors;
  throw new HttpProblem(400, "request.invalid", `${first?.path}: ${first?.problem}`, errors);
};

export function createApp(): App {
  return new OpenAPIHono<Env>({ defaultHook: onInvalid });
}

export function ownerOf({ userId, tenantId = "default" }: HttpUser): Owner {
  return { userId, tenantId };
}

/** @returns problem details, with `Retry-After` (seconds) where it is known when to come again */
export function answerProblem(error: unknown, nowMs: number): Response {
  const { problem, retryAtMs } = toProblem(error);
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (retryAtMs !== undefined) headers.set("retry-after", String(Math.max(1, Math.ceil((retryAtMs - nowMs) / 1_000))));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** The answer of a route, for its description. */
export function ok<T extends z.ZodType>(schema: T, description: string) {
  return { content: { "application/json": { schema } }, description } as const;
}

/** The body of a request, for its description. */
export function body<T extends z.ZodType>(schema: T) {
  return { content: { "application/json": { schema } }, required: true } as const;
}

/** What any route may answer instead. */
export const problems = {
  default: { content: { "application/problem+json": { schema: problemSchema } }, description: "What went wrong." },
} as const;

export const timeSchema = z.iso.datetime().openapi({ example: "2026-11-24T08:00:00.000Z" });

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `null` for a time that there is not: clients read one shape. */
export function isoTimeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms);
}
