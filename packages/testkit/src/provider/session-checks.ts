import { SyncerError } from "@syncer/core";
import {
  type AnyContainers,
  type AnyDocuments,
  allOf,
  type CatalogueUnderTest,
  cataloguesOf,
  collectionsUnderTest,
  countReads,
  FEW,
  fill,
  itemsOf,
  kindHeld,
  listAll,
  type ProviderBench,
  probeOf,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { freshOperationId } from "./document-bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";

/** Makes the provider use every capability once; failures are the caller's to look at. */
function everyCall(bench: ProviderBench): readonly (readonly [string, () => Promise<unknown>])[] {
  const { provider, harness } = bench;
  const calls: (readonly [string, () => Promise<unknown>])[] = [["profile", () => provider.profile(bench.session())]];
  for (const { type, collection } of collectionsUnderTest(bench)) {
    const probe = probeOf(collection);
    calls.push([`listing ${type}`, () => listAll(collection, bench.session())]);
    if (probe) calls.push([`probing ${type}`, () => probe.read(bench.session(), { rows: 1 })]);
    if (collection.shape === "documents" || collection.shape === "containers") {
      calls.push(...callsOfDocuments(bench, type, collection));
      continue;
    }
    const write = collection.shape === "membership" ? collection.write : undefined;
    const [id = ""] = itemsOf(harness, kindHeld(collection)).ids;
    if (write && harness.writable && harness.standIn) {
      calls.push([`adding to ${type}`, () => write.add(bench.session(), [id])]);
      calls.push([`removing from ${type}`, () => write.remove(bench.session(), [id])]);
    }
  }
  return [...calls, ...cataloguesOf(harness).flatMap((side) => callsOfCatalogue(bench, side))];
}

function callsOfCatalogue(
  bench: ProviderBench,
  { kind, catalogue: { get, search, lookups }, items }: CatalogueUnderTest,
): readonly (readonly [string, () => Promise<unknown>])[] {
  const [id = ""] = items.ids;
  const calls: (readonly [string, () => Promise<unknown>])[] = [[`one ${kind} by id`, () => get(bench.session(), id)]];
  if (search) {
    const query = { by: "fields", title: SEARCHED, artist: "Canary Artist" } as const;
    calls.push([`a search for a ${kind}`, () => search.find(bench.session(), query)]);
  }
  for (const [scheme, lookup] of Object.entries(lookups)) {
    const known = items.lookups?.[scheme]?.known;
    if (known) calls.push([`a lookup by ${scheme}`, () => lookup.find(bench.session(), [known])]);
  }
  return calls;
}

function callsOfDocuments(
  bench: ProviderBench,
  type: string,
  collection: AnyDocuments,
): readonly (readonly [string, () => Promise<unknown>])[] {
  const { read, write } = collection;
  const { fixtures, standIn, writable } = bench.harness;
  const documents = fixtures.documents?.[type];
  if (!documents) return [];
  const { unknownId: id, changes } = documents;
  const getting = [`a document of ${type}`, () => read.get(bench.session(), id)] as const;
  const contents = collection.shape === "containers" ? callsOfContents(bench, type, collection, id) : [];
  if (!write || !writable || !standIn) return [getting, ...contents];
  const operationId = () => freshOperationId();
  const [item = {}] = documents.items;
  return [
    getting,
    ...contents,
    [`creating in ${type}`, () => write.create(bench.session(), { item, operationId: operationId() })],
    [
      `changing in ${type}`,
      () => write.update(bench.session(), { id, item: changes, previous: {}, operationId: operationId() }),
    ],
    [`deleting from ${type}`, () => write.delete(bench.session(), { id, operationId: operationId() })],
  ];
}

function callsOfContents(
  { session, harness }: ProviderBench,
  type: string,
  { contents: { kind, read, write } }: AnyContainers,
  id: string,
): readonly (readonly [string, () => Promise<unknown>])[] {
  const itemIds = itemsOf(harness, kind).ids.slice(0, 1);
  const listing = [`listing what ${type} hold`, () => allOf(read.list(session(), id, {}))] as const;
  if (!write || !harness.writable || !harness.standIn) return [listing];
  const entries = itemIds.map((itemId) => ({ id: itemId, at: 0 }));
  return [
    listing,
    [`inserting into ${type}`, () => write.insert(session(), id, itemIds)],
    [`removing from ${type}`, () => write.remove(session(), id, entries)],
  ];
}

const SEARCHED = "Canary Title 7f3a";

/** Failures that repeat what was sent, as proxies and debug pages do. */
const ECHOES: readonly { readonly name: string; answer(url: URL, token: string): Promise<Response> }[] = [
  { name: "a dropped connection", answer: async (url) => Promise.reject(new TypeError(`fetch failed: ${url.href}`)) },
  { name: "a page of HTML", answer: async (url, token) => html(200, url, token) },
  { name: "status 500", answer: async (url, token) => html(500, url, token) },
  { name: "status 400", answer: async (url, token) => jsonEcho(400, url, token) },
  { name: "status 401", answer: async (url, token) => jsonEcho(401, url, token) },
  { name: "status 403", answer: async (url, token) => jsonEcho(403, url, token) },
  { name: "status 404", answer: async (url, token) => html(404, url, token) },
  { name: "unexpected JSON", answer: async (url, token) => jsonEcho(200, url, token) },
];

function html(status: number, url: URL, token: string): Response {
  return new Response(`<html><body>${url.href} ${token} ${SEARCHED}</body></html>`, { status });
}

function jsonEcho(status: number, url: URL, token: string): Response {
  const message = `${url.href} ${token} ${SEARCHED}`;
  return Response.json(
    { error: { status, message, type: "Exception", code: 9_999 }, data: [{ title: message }] },
    { status },
  );
}

export const sessionChecks = defineChecks([
  {
    name: "talks to its service over https, or on this machine",
    async run(bench) {
      for (const [, call] of everyCall(bench)) await call().catch(() => undefined);
      ensure(bench.wire.requests.length > 0, "no request went out");
      for (const { url } of bench.wire.requests) {
        const local = url.hostname === "127.0.0.1" || url.hostname === "[::1]" || url.hostname === "localhost";
        ensure(url.protocol === "https:" || local, `a request went to ${url.origin}, in clear`);
      }
    },
  },
  {
    name: "signs requests of a user with the user's token",
    needs: ["token", "stand-in"],
    async run(bench) {
      const token = bench.harness.user.accessToken ?? "";
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const before = bench.wire.requests.length;
        await listAll(collection, bench.session());
        for (const { url, headers, body } of bench.wire.requests.slice(before)) {
          const carried = `${headers.get("authorization") ?? ""} ${decodeURIComponent(url.search)} ${body}`;
          ensure(carried.includes(token), `${type}: a request went out without the user's token`);
          ensure(!url.pathname.includes(token), `${type}: the token is part of the path`);
        }
      }
    },
  },
  {
    name: "lets neither tokens, addresses nor contents into its errors",
    needs: ["stand-in", "1 items"],
    async run(bench) {
      const token = bench.harness.user.accessToken ?? "no-token-at-all";
      for (const { name, answer } of ECHOES) {
        for (const [what, call] of everyCall(bench)) {
          bench.wire.intercept(({ url }) => answer(url, token));
          const told = await call().then(() => "", describeDeeply);
          bench.wire.intercept();
          for (const secret of [token, encodeURIComponent(token), SEARCHED, encodeURIComponent(SEARCHED), "Canary"]) {
            ensure(!told.includes(secret), `${what}, ${name}: the error holds what was sent or answered`);
          }
          ensure(!/[?&][\w.]+=/.test(told), `${what}, ${name}: the error holds an address with its query`);
        }
      }
    },
  },
  {
    name: "does nothing for a session that was aborted before",
    async run(bench) {
      const signal = AbortSignal.abort(new DOMException("stopped by the check", "AbortError"));
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const asked = await bench.wire.count(() =>
          rejectionOf(() => listAll(collection, bench.session({ signal })), `listing ${type} after an abort`),
        );
        ensureEqual(asked, 0, `requests for ${type} after an abort`);
      }
    },
  },
  {
    name: "stops a listing when its session is aborted in the middle",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const controller = new AbortController();
        const session = bench.session({ signal: controller.signal });
        const asked = await countReads(bench, () =>
          rejectionOf(async () => {
            for await (const _ of collection.read.list(session, { pageSize: 5 })) controller.abort();
          }, `listing ${type} across an abort`),
        );
        ensureEqual(asked, 1, `requests for ${type} when aborted after the first page`);
      }
    },
  },
  {
    name: "gives up a request that is under way when its session is aborted",
    needs: ["stand-in"],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const controller = new AbortController();
        bench.wire.intercept(async () => {
          controller.abort();
          return new Promise<Response>(() => {});
        });
        await rejectionOf(
          () => listAll(collection, bench.session({ signal: controller.signal })),
          `listing ${type}, aborted under way`,
        );
        bench.wire.intercept();
      }
    },
  },
]);

/** Everything that an error tells: message, stack, own fields, causes. */
function describeDeeply(error: unknown): string {
  const parts: string[] = [];
  for (let current = error, depth = 0; current !== undefined && depth < 10; depth += 1) {
    if (!(current instanceof Error)) {
      parts.push(String(current), JSON.stringify(current) ?? "");
      break;
    }
    parts.push(current.message, current.stack ?? "", JSON.stringify(current, Object.getOwnPropertyNames(current)));
    if (SyncerError.is(current)) parts.push(JSON.stringify(current.params));
    current = current.cause;
  }
  return parts.join("\n");
}
