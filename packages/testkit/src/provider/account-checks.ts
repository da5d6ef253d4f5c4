import { SyncerError, type SyncResult } from "@syncer/core";
import {
  collectionsUnderTest,
  collectionUnderTest,
  FEW,
  fill,
  inItsOrder,
  listedIds,
  type ProviderBench,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual } from "./ensure.ts";

async function readEverything(bench: ProviderBench, since?: number): Promise<readonly SyncResult<object>[]> {
  const results: SyncResult<object>[] = [];
  for await (const result of bench.provider.syncUserData(bench.session(), since)) results.push(result);
  return results;
}

export const accountChecks = defineChecks([
  {
    name: "reads the user's profile in one request, with an account id that stays",
    needs: ["account"],
    async run(bench) {
      const ids: string[] = [];
      for (let look = 0; look < 2; look += 1) {
        const asked = await bench.wire.count(async () => {
          ids.push((await bench.provider.profile(bench.session())).externalId);
        });
        ensureEqual(asked, 1, "requests for the profile");
      }
      const [first, second] = ids;
      ensure(first, "profile.externalId is empty");
      ensureEqual(second, first, "profile.externalId at the second look");
      const expected = bench.harness.user.accountId;
      if (expected !== undefined) ensureEqual(first, expected, "profile.externalId");
    },
  },
  {
    name: "finds its service healthy without a user, in at most two requests",
    async run(bench) {
      const asked = await bench.wire.count(async () => {
        const health = await bench.provider.health(bench.session({ accessToken: null }));
        ensureEqual(health.status, "healthy", `health${health.reason ? ` (${health.reason})` : ""}`);
      });
      ensure(asked >= 1 && asked <= 2, `${asked} requests for a health check`);
    },
  },
  {
    name: "does not find its service healthy when it cannot be reached, fails or answers nonsense",
    needs: ["stand-in"],
    async run(bench) {
      const failures: Readonly<Record<string, () => Promise<Response>>> = {
        "no connection": async () => Promise.reject(new TypeError("fetch failed")),
        "status 500": async () => new Response(null, { status: 500 }),
        "status 503": async () => new Response("<html></html>", { status: 503 }),
        "a page of HTML": async () => new Response("<html>Sign in to the network</html>", { status: 200 }),
      };
      for (const [name, fail] of Object.entries(failures)) {
        bench.wire.intercept(fail);
        const health = await bench.provider.health(bench.session({ accessToken: null })).catch((error: unknown) => {
          ensure(SyncerError.is(error), `${name}: threw an error without a type: ${String(error)}`);
          return { status: "unhealthy" };
        });
        bench.wire.intercept();
        ensure(health.status !== "healthy", `${name}: healthy`);
      }
    },
  },
  {
    name: "tells working tokens from dead ones",
    needs: ["token"],
    async run(bench) {
      ensureEqual(await bench.provider.validateTokens(bench.session()), true, "whether the user's token works");
      const made = bench.session({ accessToken: "a-token-that-nobody-gave-out" });
      ensureEqual(await bench.provider.validateTokens(made), false, "whether a made-up token works");
    },
  },
  {
    name: "does not call a token dead because the service fails",
    needs: ["token", "stand-in"],
    async run(bench) {
      bench.wire.intercept(async () => new Response(null, { status: 503 }));
      const verdict = await bench.provider.validateTokens(bench.session()).catch(() => "thrown");
      bench.wire.intercept();
      ensureEqual(verdict, "thrown", "verdict about a token while the service fails");
    },
  },
  {
    name: "gives everything of the user page by page, the last page of each type marked as complete",
    needs: ["account"],
    async run(bench) {
      const expected = new Map<string, readonly string[]>();
      for (const { type, collection } of collectionsUnderTest(bench)) {
        if (bench.harness.standIn) await fill(bench, type);
        expected.set(type, inItsOrder(collection, await listedIds(collection, bench.session())));
      }
      const results = await readEverything(bench);
      for (const [type, ids] of expected) {
        const pages = results.filter(({ syncType }) => syncType === type);
        const given = pages.flatMap(({ items }) => items).filter(({ action }) => action !== "delete");
        ensureEqual(
          inItsOrder(
            collectionUnderTest(bench, type),
            given.map(({ externalId }) => externalId),
          ),
          ids,
          `items of ${type}`,
        );
        ensureEqual(pages.map(({ complete }) => complete).indexOf(true), pages.length - 1, `complete page of ${type}`);
      }
    },
  },
  {
    name: "gives only what was added since a moment when asked for that",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type } of collectionsUnderTest(bench)) await fill(bench, type);
      const dated = (results: readonly SyncResult<object>[]) =>
        results.flatMap(({ items }) => items).filter(({ lastModifiedMs }) => lastModifiedMs !== undefined).length;
      const all = dated(await readEverything(bench, 0));
      const later = dated(await readEverything(bench, bench.clock.now() + 86_400_000));
      ensureEqual(later, 0, "dated items added since tomorrow");
      ensureEqual(dated(await readEverything(bench)), all, "dated items since the beginning of time");
    },
  },
]);
