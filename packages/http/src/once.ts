import type { Engine } from "@syncer/core";
import type { Owner } from "./app.ts";

const HEADER = "idempotency-key";

/** What a client may send with each POST, for the description. */
export const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", minLength: 1, maxLength: 255 },
  description:
    "Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key.",
} as const;

/**
 * Answers a POST that carries an idempotency key once; all others as they come.
 * @throws {InvalidRequestError} `request.key-reused` (422), `request.under-way` (409), `request.invalid`
 */
export async function answerOnce(
  engine: Engine,
  owner: Owner,
  request: Request,
  json: unknown,
  answer: () => Promise<Response>,
): Promise<Response> {
  const key = request.headers.get(HEADER);
  if (key === null || request.method !== "POST") return await answer();
  const { pathname, search } = new URL(request.url);
  let first: Response | undefined;
  const { status, body, replayed } = await engine.idempotency.once(
    { ...owner, key, request: JSON.stringify([pathname, search, json ?? null]) },
    async () => {
      first = await answer();
      return { status: first.status, body: await first.clone().text() };
    },
  );
  if (!replayed && first) return first;
  const headers = { "idempotency-replayed": "true", ...(body === "" ? {} : { "content-type": "application/json" }) };
  return new Response(body === "" ? null : body, { status, headers });
}
