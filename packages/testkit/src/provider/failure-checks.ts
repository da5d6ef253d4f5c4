import { type RawAnswer, SyncerError } from "@syncer/core";
import { cataloguesOf, collectionsUnderTest, FEW, fill, interceptReads, listAll, type ProviderBench } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, rejectionOf } from "./ensure.ts";
import { malformations } from "./malformed-answers.ts";

const BODIES: readonly unknown[] = [
  undefined,
  null,
  "",
  "<html><body>504 Gateway Time-out</body></html>",
  "plain words",
  0,
  true,
  [],
  {},
  { error: null },
  { error: "invalid_grant" },
  { error: [] },
  { error: {} },
  { error: { status: "500", message: 7, code: "x", reason: {} } },
  { errors: [{ title: "x" }] },
];

const STATUSES = [200, 201, 204, 301, 400, 401, 403, 404, 405, 409, 410, 412, 415, 418, 422, 429, 500, 502, 503, 504];

function answer(status: number, body: unknown): RawAnswer {
  return { status, headers: new Headers(), body };
}

export const failureChecks = defineChecks([
  ...malformations.map(({ name, alter }) => ({
    name: `takes an answer that is ${name} for an error, never for an empty collection`,
    needs: ["stand-in", `${FEW} items`] as const,
    async run(bench: ProviderBench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        await interceptReads(bench, async (_, pass) => alter(await pass()));
        const error = await rejectionOf(() => listAll(collection, bench.session()), `listing ${type}`);
        ensure(SyncerError.is(error), `listing ${type}: threw an error without a type: ${String(error)}`);
        bench.wire.intercept();
      }
    },
  })),
  {
    name: "takes a malformed answer in the middle of a listing for an error, never for its end",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        for (const { alter } of malformations) {
          let page = 0;
          await interceptReads(bench, async (_, pass) => {
            page += 1;
            return page === 1 ? pass() : alter(await pass());
          });
          await rejectionOf(() => listAll(collection, bench.session(), 5), `${type} with a malformed second page`);
          bench.wire.intercept();
        }
      }
    },
  },
  ...malformations
    .filter(({ ofSingles }) => ofSingles)
    .map(({ name, alter }) => ({
      name: `takes an answer that is ${name} neither for a profile nor for an item that does not exist`,
      needs: ["stand-in", "1 items"] as const,
      async run(bench: ProviderBench) {
        bench.wire.intercept(async (_, pass) => alter(await pass()));
        await rejectionOf(() => bench.provider.profile(bench.session()), "the profile");
        for (const { kind, catalogue, items } of cataloguesOf(bench.harness)) {
          const [id = ""] = items.ids;
          await rejectionOf(() => catalogue.get(bench.session(), id), `one ${kind} by id`);
          for (const [scheme, lookup] of Object.entries(catalogue.lookups)) {
            const known = items.lookups?.[scheme]?.known;
            if (known) await rejectionOf(() => lookup.find(bench.session(), [known]), `the lookup by ${scheme}`);
          }
          const { search } = catalogue;
          if (!search) continue;
          const query = { by: "words", words: "anything" } as const;
          await rejectionOf(() => search.find(bench.session(), query), `a search for a ${kind}`);
        }
      },
    })),
  {
    name: "judges answers of any status and any body without stumbling",
    async run({ provider }) {
      for (const status of STATUSES) {
        for (const body of BODIES) {
          for (const method of ["GET", "PUT", "POST", "DELETE"]) {
            const what = `${method}, status ${status}, body ${JSON.stringify(body)}`;
            const failure = provider.transport.classify(answer(status, body), { method, route: "/any" });
            ensure(status < 400 || failure !== undefined, `${what}: no failure`);
            ensure(failure === undefined || typeof failure.kind === "string", `${what}: a failure without a kind`);
          }
        }
      }
    },
  },
  {
    name: "never takes a failing server for a missing item or a dead token",
    async run({ provider }) {
      for (const status of [500, 502, 503, 504]) {
        for (const body of [undefined, "", "<html></html>", {}, "Service Unavailable"]) {
          const failure = provider.transport.classify(answer(status, body), { method: "GET", route: "/any" });
          const kind = failure?.kind ?? "none";
          ensure(
            kind === "unavailable" || kind === "rate-limited" || kind === "outage",
            `status ${status} with ${JSON.stringify(body)} is "${kind}"`,
          );
        }
      }
    },
  },
  {
    name: "gives failures short codes as reasons, never the service's own words",
    async run({ provider }) {
      const words = "Canary words of the service about jo@example.org";
      for (const status of STATUSES) {
        for (const body of [
          words,
          { message: words },
          { error: words },
          { error: { message: words, reason: words, type: words, code: words } },
          { fault: { kind: words, detail: words } },
          { errors: [{ title: words, detail: words, code: words }] },
        ]) {
          const failure = provider.transport.classify(answer(status, body), { method: "GET", route: "/any" });
          const told = JSON.stringify(failure ?? {});
          ensure(!/canary|jo@example/i.test(told), `status ${status}: the failure repeats the service's words`);
        }
      }
    },
  },
  {
    name: "turns every refusal by the service into a typed error",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        for (const status of STATUSES.filter((value) => value >= 400)) {
          for (const body of [null, "<html></html>", JSON.stringify({ error: { status, message: "No." } })]) {
            bench.wire.intercept(async () => new Response(body, { status, headers: { "retry-after": "1" } }));
            const error = await rejectionOf(() => listAll(collection, bench.session()), `${type}, status ${status}`);
            ensure(SyncerError.is(error), `${type}, status ${status}: an error without a type: ${String(error)}`);
            bench.wire.intercept();
          }
        }
      }
    },
  },
  {
    name: "does not read the profile of nobody out of a refusal",
    needs: ["token", "stand-in"],
    async run(bench) {
      const error = await rejectionOf(
        () => bench.provider.profile(bench.session({ accessToken: "a-token-that-nobody-gave-out" })),
        "the profile with a made-up token",
      );
      ensure(SyncerError.is(error), `threw an error without a type: ${String(error)}`);
    },
  },
]);
