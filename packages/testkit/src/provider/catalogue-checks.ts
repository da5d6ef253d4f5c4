import { type Catalogue, type SearchQuery, SyncerError } from "@syncer/core";
import type { ProviderBench } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { naturalKeysOf, toUniversal } from "./universal-form.ts";

function catalogueOf(bench: ProviderBench): Catalogue {
  const { catalogue } = bench.provider;
  ensure(catalogue, "the provider has no catalogue");
  return catalogue;
}

/** The lookups that both the provider and the harness know. */
function lookupsOf(bench: ProviderBench) {
  return Object.entries(catalogueOf(bench).lookups).flatMap(([scheme, lookup]) => {
    const keys = bench.harness.fixtures.lookups?.[scheme];
    return keys ? [{ scheme, lookup, ...keys }] : [];
  });
}

/** What titles of real recordings hold, and what a person who means harm could type. */
const HOSTILE_TERMS: readonly string[] = [
  "",
  "   ",
  '"',
  '""',
  "'",
  ":",
  "-",
  "*",
  "\\",
  "NOT",
  "a OR b AND NOT c",
  'x" artist:"y',
  "isrc:GBAYE0601498",
  "tag:new year:1900-2100",
  "(", // a bracket that is never closed
  "%00%0d%0a&limit=50#?/../",
  "\u0000\u0007",
  "\ud83d", // half an emoji
  "💃🕺 ✨",
  "夜に駆ける",
  "مرحبا بالعالم",
  "a".repeat(2_000),
  "many words ".repeat(200),
  '"'.repeat(500),
];

export const catalogueChecks = defineChecks([
  {
    name: "finds an item by its key, in one request, and gives the item that key",
    needs: ["lookup"],
    async run(bench) {
      for (const { scheme, lookup, known } of lookupsOf(bench)) {
        const asked = await bench.wire.count(async () => {
          const hits = (await lookup.find(bench.session(), [known])).get(known) ?? [];
          ensure(hits.length > 0, `no hit for the known ${scheme}`);
          const keys = hits.flatMap((native) => naturalKeysOf(bench, catalogueOf(bench).kind, native, scheme));
          ensure(keys.length === 0 || keys.includes(known), `no hit for the known ${scheme} carries it`);
        });
        ensureEqual(asked, 1, `requests for one ${scheme}`);
      }
    },
  },
  {
    name: "leaves keys without a hit out of the answer, as it leaves out everything nobody asked for",
    needs: ["lookup"],
    async run(bench) {
      for (const { scheme, lookup, known, unknown } of lookupsOf(bench)) {
        const none = await lookup.find(bench.session(), [unknown]);
        ensureEqual([...none.keys()], [], `keys in the answer for an unknown ${scheme}`);
        if (lookup.batchSize < 2) continue;
        const asked = await bench.wire.count(async () => {
          const some = await lookup.find(bench.session(), [unknown, known]);
          ensureEqual([...some.keys()], [known], `keys in the answer for an unknown and a known ${scheme}`);
        });
        ensureEqual(asked, 1, `requests for two of ${scheme}`);
      }
    },
  },
  {
    name: "throws when a lookup, a search or a question by id fails, so that failed is never not found",
    needs: ["catalogue", "stand-in", "1 items"],
    async run(bench) {
      const catalogue = catalogueOf(bench);
      const failures: readonly [string, () => Promise<Response>][] = [
        ["status 500", async () => new Response("Internal Server Error", { status: 500 })],
        ["status 503 without a body", async () => new Response(null, { status: 503 })],
        ["status 429", async () => new Response("Too many requests", { status: 429, headers: { "retry-after": "1" } })],
        ["status 403", async () => Response.json({ message: "Forbidden" }, { status: 403 })],
        ["a cut connection", async () => Promise.reject(new TypeError("fetch failed"))],
      ];
      for (const [name, fail] of failures) {
        bench.wire.intercept(fail);
        for (const { scheme, lookup, known } of lookupsOf(bench)) {
          ensureTyped(await rejectionOf(() => lookup.find(bench.session(), [known]), `${scheme} and ${name}`), name);
        }
        const [id = ""] = bench.harness.fixtures.itemIds;
        ensureTyped(await rejectionOf(() => catalogue.get(bench.session(), id), `an item by id and ${name}`), name);
        const { search } = catalogue;
        if (search) {
          const query: SearchQuery = { by: "words", words: "anything" };
          ensureTyped(await rejectionOf(() => search.find(bench.session(), query), `a search and ${name}`), name);
        }
        bench.wire.intercept();
      }
    },
  },
  {
    name: "finds an item by title and artist, and by plain words, in one request each",
    needs: ["search"],
    async run(bench) {
      const { search } = catalogueOf(bench);
      const wanted = bench.harness.fixtures.search;
      if (!search || !wanted) return;
      const queries: readonly SearchQuery[] = [
        { by: "fields", title: wanted.title, artist: wanted.artist },
        { by: "words", words: `${wanted.artist} ${wanted.title}` },
      ];
      for (const query of queries) {
        const asked = await bench.wire.count(async () => {
          const ids = await idsFound(bench, query);
          ensure(ids.length <= search.limit, `${ids.length} hits by ${query.by}; the limit is ${search.limit}`);
          ensure(ids.includes(wanted.id), `the item is not among the ${ids.length} hits by ${query.by}`);
        });
        ensureEqual(asked, 1, `requests for a search by ${query.by}`);
      }
    },
  },
  {
    name: "defuses quotes and operators in a title: they do not change what is found",
    needs: ["search"],
    async run(bench) {
      const wanted = bench.harness.fixtures.search;
      if (!wanted) return;
      for (const title of [`"${wanted.title}"`, `${wanted.title}"`, `${wanted.title}:`, `${wanted.title} "" :`]) {
        const ids = await idsFound(bench, { by: "fields", title, artist: wanted.artist });
        ensure(ids.includes(wanted.id), `the item is not found when its title is written ${JSON.stringify(title)}`);
      }
    },
  },
  {
    name: "searches for anything a title may hold without an error and within its limit",
    needs: ["search"],
    async run(bench) {
      const { search } = catalogueOf(bench);
      if (!search) return;
      for (const term of HOSTILE_TERMS) {
        for (const query of [
          { by: "words", words: term },
          { by: "fields", title: term },
          { by: "fields", title: term, artist: term, album: term },
        ] as const) {
          const what = `a search by ${query.by} for ${JSON.stringify(term.slice(0, 40))}`;
          const hits = await search.find(bench.session(), query).catch((error: unknown) => {
            throw new TypeError(`${what} failed`, { cause: error });
          });
          ensure(hits.length <= search.limit, `${what} gives ${hits.length} hits; the limit is ${search.limit}`);
        }
      }
    },
  },
  {
    name: "says that an item is available, in one request",
    needs: ["catalogue", "1 items"],
    async run(bench) {
      const [id = ""] = bench.harness.fixtures.itemIds;
      const asked = await bench.wire.count(async () => {
        const item = await catalogueOf(bench).get(bench.session(), id);
        ensureEqual(item.state, "available", "state of a known item");
      });
      ensureEqual(asked, 1, "requests for one item");
    },
  },
  {
    name: "says that an item is unavailable when the service knows it and does not play it",
    needs: ["catalogue", "unavailable id"],
    async run(bench) {
      const item = await catalogueOf(bench).get(bench.session(), bench.harness.fixtures.unavailableId ?? "");
      ensureEqual(item.state, "unavailable", "state of an item that cannot be played");
    },
  },
  {
    name: "says that an id is unknown when the service says so",
    needs: ["catalogue", "unknown id"],
    async run(bench) {
      const item = await catalogueOf(bench).get(bench.session(), bench.harness.fixtures.unknownId ?? "");
      ensureEqual(item.state, "unknown-id", "state of an unknown id");
    },
  },
]);

async function idsFound(bench: ProviderBench, query: SearchQuery): Promise<readonly (string | undefined)[]> {
  const catalogue = catalogueOf(bench);
  const hits = (await catalogue.search?.find(bench.session(), query)) ?? [];
  return hits.map((native) => toUniversal(bench, catalogue.kind, native).externalIds[bench.provider.name]);
}

function ensureTyped(error: unknown, what: string): void {
  ensure(SyncerError.is(error), `${what}: threw an error without a type: ${String(error)}`);
}
