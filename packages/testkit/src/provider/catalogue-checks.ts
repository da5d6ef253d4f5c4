import { type SearchQuery, SyncerError } from "@syncer/core";
import { type CatalogueUnderTest, cataloguesOf, type ProviderBench } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { naturalKeysOf, toUniversal } from "./universal-form.ts";

/** The lookups that both the provider and the harness know. */
function lookupsOf(bench: ProviderBench) {
  return cataloguesOf(bench.harness).flatMap(({ kind, catalogue, items }) =>
    Object.entries(catalogue.lookups).flatMap(([scheme, lookup]) => {
      const keys = items.lookups?.[scheme];
      return keys ? [{ kind, scheme, lookup, ...keys }] : [];
    }),
  );
}

/** The searches for which the harness knows an answer. */
function searchesOf(bench: ProviderBench) {
  return cataloguesOf(bench.harness).flatMap((side) => {
    const { search } = side.catalogue;
    const wanted = side.items.search;
    return search && wanted ? [{ ...side, search, wanted }] : [];
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
      for (const { kind, scheme, lookup, known } of lookupsOf(bench)) {
        const asked = await bench.wire.count(async () => {
          const hits = (await lookup.find(bench.session(), [known])).get(known) ?? [];
          ensure(hits.length > 0, `no hit for the known ${scheme}`);
          const keys = hits.flatMap((native) => naturalKeysOf(bench, kind, native, scheme));
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
        for (const { kind, catalogue, items } of cataloguesOf(bench.harness)) {
          const [id = ""] = items.ids;
          const get = () => catalogue.get(bench.session(), id);
          ensureTyped(await rejectionOf(get, `one ${kind} by id and ${name}`), name);
          const { search } = catalogue;
          if (!search) continue;
          const query: SearchQuery = { by: "words", words: "anything" };
          const find = () => search.find(bench.session(), query);
          ensureTyped(await rejectionOf(find, `a search for a ${kind} and ${name}`), name);
        }
        bench.wire.intercept();
      }
    },
  },
  {
    name: "finds an item by title and artist, and by plain words, in one request each",
    needs: ["search"],
    async run(bench) {
      for (const side of searchesOf(bench)) {
        const { kind, search, wanted } = side;
        const queries: readonly SearchQuery[] = [
          byFields(wanted.title, wanted.artist),
          { by: "words", words: [wanted.artist, wanted.title].filter(Boolean).join(" ") },
        ];
        for (const query of queries) {
          const asked = await bench.wire.count(async () => {
            const ids = await idsFound(bench, side, query);
            ensure(ids.length <= search.limit, `${ids.length} hits by ${query.by}; the limit is ${search.limit}`);
            ensure(ids.includes(wanted.id), `the ${kind} is not among the ${ids.length} hits by ${query.by}`);
          });
          ensureEqual(asked, 1, `requests for a search by ${query.by}`);
        }
      }
    },
  },
  {
    name: "defuses quotes and operators in a title: they do not change what is found",
    needs: ["search"],
    async run(bench) {
      for (const side of searchesOf(bench)) {
        const { wanted } = side;
        for (const title of [`"${wanted.title}"`, `${wanted.title}"`, `${wanted.title}:`, `${wanted.title} "" :`]) {
          const ids = await idsFound(bench, side, byFields(title, wanted.artist));
          const problem = `the ${side.kind} is not found when its title is written ${JSON.stringify(title)}`;
          ensure(ids.includes(wanted.id), problem);
        }
      }
    },
  },
  {
    name: "searches for anything a title may hold without an error and within its limit",
    needs: ["search"],
    async run(bench) {
      for (const { kind, search } of searchesOf(bench)) {
        for (const term of HOSTILE_TERMS) {
          for (const query of [
            { by: "words", words: term },
            { by: "fields", title: term },
            { by: "fields", title: term, artist: term, album: term },
          ] as const) {
            const what = `a search for a ${kind} by ${query.by} for ${JSON.stringify(term.slice(0, 40))}`;
            const hits = await search.find(bench.session(), query).catch((error: unknown) => {
              throw new TypeError(`${what} failed`, { cause: error });
            });
            ensure(hits.length <= search.limit, `${what} gives ${hits.length} hits; the limit is ${search.limit}`);
          }
        }
      }
    },
  },
  {
    name: "says that an item is available, in one request",
    needs: ["catalogue", "1 items"],
    async run(bench) {
      for (const { kind, catalogue, items } of cataloguesOf(bench.harness)) {
        const [id = ""] = items.ids;
        const asked = await bench.wire.count(async () => {
          const item = await catalogue.get(bench.session(), id);
          ensureEqual(item.state, "available", `state of a known ${kind}`);
        });
        ensureEqual(asked, 1, `requests for one ${kind}`);
      }
    },
  },
  {
    name: "says that an item is unavailable when the service knows it and does not play it",
    needs: ["catalogue", "unavailable id"],
    async run(bench) {
      for (const { kind, catalogue, items } of cataloguesOf(bench.harness)) {
        if (items.unavailableId === undefined) continue;
        const item = await catalogue.get(bench.session(), items.unavailableId);
        ensureEqual(item.state, "unavailable", `state of a ${kind} that cannot be played`);
      }
    },
  },
  {
    name: "says that an id is unknown when the service says so",
    needs: ["catalogue", "unknown id"],
    async run(bench) {
      for (const { kind, catalogue, items } of cataloguesOf(bench.harness)) {
        if (items.unknownId === undefined) continue;
        const item = await catalogue.get(bench.session(), items.unknownId);
        ensureEqual(item.state, "unknown-id", `state of an unknown ${kind}`);
      }
    },
  },
]);

async function idsFound(
  bench: ProviderBench,
  { kind, catalogue }: CatalogueUnderTest,
  query: SearchQuery,
): Promise<readonly (string | undefined)[]> {
  const hits = (await catalogue.search?.find(bench.session(), query)) ?? [];
  return hits.map((native) => toUniversal(bench, kind, native).externalIds[bench.provider.name]);
}

function byFields(title: string, artist: string | undefined): SearchQuery {
  return { by: "fields", title, ...(artist === undefined ? {} : { artist }) };
}

function ensureTyped(error: unknown, what: string): void {
  ensure(SyncerError.is(error), `${what}: threw an error without a type: ${String(error)}`);
}
