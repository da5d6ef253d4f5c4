import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { arbitraryOf, type Schema } from "./support/arbitrary-of-schema.ts";
import { createLab, type Lab } from "./support/lab.ts";

/** What is asked for on all routes together: 20,000 and a few, as each route is asked equally often. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly servers?: unknown;
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let lab: Lab;
const known: string[] = ["spotify", "deezer", "favorites"];
beforeAll(async () => {
  lab = await createLab({ progressEveryMs: 100 });
  await lab.connected();
  const made = await lab.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } });
  const job = await lab.call("POST", `/api/pairs/${made.json.id}/sync`);
  const plan = await lab.call("POST", "/api/plans", { json: { pair_id: made.json.id } });
  known.push(made.json.id, job.json.id, plan.json.id);
});
afterAll(() => lab.engine.stop());

/** Removes what the others need: tried by somebody who has nothing. */
const ENDS = ["DELETE /me", "DELETE /services/{name}", "DELETE /pairs/{id}", "DELETE /plans/{id}"];

it(`${REQUESTS} requests made up from the description, right and wrong, are answered as it says and never by a 5xx`, async () => {
  const { paths, components } = lab.handler.openApi() as Description;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  expect(operations.length).toBeGreaterThan(45);
  const text = fc.oneof(
    fc.constantFrom(...known),
    fc.string({ maxLength: 30 }),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const seen = new Map<number, number>();
  let count = 0;
  for (const { method, path, operation } of operations) {
    const name = `${method} ${path}`;
    const parameters = operation.parameters ?? [];
    const values = fc.record(
      Object.fromEntries(
        parameters.map((one) => [
          one.name,
          fc.oneof(text, arbitraryOf(one.schema, components.schemas, text).map(asText)),
        ]),
      ),
      { requiredKeys: parameters.filter((one) => one.in === "path").map((one) => one.name) },
    );
    const schema = operation.requestBody?.content["application/json"].schema;
    const body = schema
      ? fc.oneof(
          { weight: 3, arbitrary: arbitraryOf(schema, components.schemas, text) },
          { weight: 1, arbitrary: fc.jsonValue() },
        )
      : fc.constant(undefined);
    await fc.assert(
      fc.asyncProperty(values, body, async (given, json) => {
        const status = await ask(name, method, path, operation, parameters, given, json);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        count += 1;
        expect([name, status]).toEqual([name, expect.toSatisfy((code: number) => code < 500)]);
      }),
      { numRuns: Math.ceil(REQUESTS / operations.length) },
    );
  }
  expect(lab.unexpected).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(REQUESTS);
  // Right ones are among them, too.
  expect(seen.get(200)).toBeGreaterThan(count / 20);
}, 300_000);

async function ask(
  name: string,
  method: string,
  path: string,
  operation: Operation,
  parameters: readonly Parameter[],
  given: Readonly<Record<string, string>>,
  json: unknown,
): Promise<number> {
  const of = (place: Parameter["in"]) =>
    parameters
      .filter((one) => one.in === place)
      .flatMap(({ name: of }) => (given[of] === undefined ? [] : [[of, given[of]]]));
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, one: string) =>
    encodeURIComponent((given[one] || "x").toWellFormed()),
  );
  const query = new URLSearchParams(of("query") as [string, string][]);
  const base = operation.servers ? "" : "/api";
  const headers = Object.fromEntries(
    of("header").filter(([, value]) => /^[\x20-\x7e]+$/.test(String(value))),
  ) as Record<string, string>;
  const as = ENDS.includes(name) ? "ben" : "anna";
  if (path.endsWith("/events")) {
    const signal = AbortSignal.timeout(5_000);
    const request = new Request(`https://app.example${base}${filled}`, { headers: { "x-test-user": as }, signal });
    const answer = await lab.handler.fetch(request);
    await answer.body?.cancel();
    return answer.status;
  }
  const answer = await lab.call(method, `${base}${filled}?${query}`, {
    as,
    headers,
    ...(json === undefined ? {} : { json }),
  });
  return answer.status;
}

/** `String` of an object that has a `toString` of its own throws. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
