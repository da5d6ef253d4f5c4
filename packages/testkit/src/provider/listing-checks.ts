import {
  collectionsUnderTest,
  countedOf,
  countReads,
  entriesOf,
  FEW,
  fill,
  inItsOrder,
  interceptReads,
  listAll,
  listedOf,
  membershipsUnderTest,
  orderOf,
  probeOf,
  totalsOf,
  waitForWrites,
  writerOf,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { redirectAddresses } from "./malformed-answers.ts";

/** Small enough to need several pages, large enough to be cheap on a live library. */
function pageSizesFor(rows: number, largest: number): readonly number[] {
  const sizes = rows <= 50 ? [1, 5, rows, rows + 1, largest] : [Math.ceil(rows / 3), largest];
  return [...new Set(sizes)].filter((size) => size > 0 && size <= largest);
}

export const listingChecks = defineChecks([
  {
    name: "lists an empty collection as a page without entries",
    needs: ["stand-in"],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const pages = await listAll(collection, bench.session());
        ensureEqual(entriesOf(pages).length, 0, `entries of the empty ${type}`);
        ensure(pages.length > 0, `${type}: an empty collection still is a page, which proves that it was read`);
        const total = pages.at(-1)?.total ?? 0;
        ensure(total === 0 || totalsOf(collection) === "inexact", `${type}: total of the empty collection is ${total}`);
      }
    },
  },
  {
    name: "lists every item of a collection once, under its id, in the order that it declares",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const ids = await fill(bench, type);
        const listed = listedOf(await listAll(collection, bench.session(), 5)).map(({ id }) => id);
        const order = orderOf(collection);
        const wanted = inItsOrder(collection, order === "newest-first" ? ids.toReversed() : ids);
        ensureEqual(inItsOrder(collection, listed), wanted, `ids of ${type} (order: ${order})`);
      }
    },
  },
  {
    name: "gives the same items with every page size, in the same order where it declares one",
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const keysOf = async (pageSize?: number) => {
          const entries = entriesOf(await listAll(collection, bench.session(), pageSize));
          const keys = entries.map(({ state, id }) => `${state} ${id ?? ""}`);
          return inItsOrder(collection, keys);
        };
        const reference = await keysOf();
        for (const size of pageSizesFor(reference.length, collection.read.pageSize)) {
          ensureEqual(await keysOf(size), reference, `${type} in pages of ${size}`);
        }
      }
    },
  },
  {
    name: "never asks for larger pages than the service gives, whatever the caller says",
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const usual = entriesOf(await listAll(collection, bench.session())).length;
        const huge = entriesOf(await listAll(collection, bench.session(), 1_000_000)).length;
        ensureEqual(huge, usual, `rows of ${type} when a million per page are asked for`);
      }
    },
  },
  {
    name: "reads page by page, and asks for no more when the reader stops",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const asked = await countReads(bench, async () => {
          for await (const page of collection.read.list(bench.session(), { pageSize: 5 })) {
            ensure(page.entries.length > 0, `${type}: the first page is empty`);
            break;
          }
        });
        ensureEqual(asked, 1, `requests for the first page of ${type}`);
      }
    },
  },
  {
    name: "gives a fingerprint on the last page, and another on none",
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const pages = await listAll(collection, bench.session(), bench.harness.standIn ? 5 : undefined);
        const last = pages.at(-1)?.fingerprint;
        if (probeOf(collection)) ensure(last, `${type}: the last page has no fingerprint`);
        // Pages that tell different ones count as read at different moments, and none would ever be remembered.
        const others = pages.filter(({ fingerprint }) => fingerprint !== undefined && fingerprint !== last).length;
        ensureEqual(others, 0, `pages of ${type} with another fingerprint than the last, though nothing has changed`);
      }
    },
  },
  {
    name: "states totals that agree with the rows where it calls them exact",
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        const pages = await listAll(collection, bench.session());
        if (totalsOf(collection) === "exact") {
          ensureEqual(pages.at(-1)?.total, countedOf(pages), `total of ${type} against its rows`);
        }
      }
    },
  },
  {
    name: "tells in milliseconds when each item was added",
    needs: ["stand-in", "membership", `${FEW} items`],
    async run(bench) {
      const latestMs = bench.clock.now() + 86_400_000;
      for (const { type, collection } of membershipsUnderTest(bench)) {
        await fill(bench, type);
        const times = listedOf(await listAll(collection, bench.session())).flatMap((entry) =>
          "addedAtMs" in entry && entry.addedAtMs !== undefined ? [entry.addedAtMs] : [],
        );
        for (const atMs of times) {
          ensure(atMs > Date.UTC(2000, 0, 1) && atMs <= latestMs, `${type}: added at ${atMs}, which is no such time`);
        }
        if (collection.read.order === "none") continue;
        const sorted = [...times].sort((a, b) => (collection.read.order === "newest-first" ? b - a : a - b));
        ensureEqual(times, sorted, `times of ${type} (order: ${collection.read.order})`);
      }
    },
  },
  {
    name: "reports rows that cannot be read or synced as such, and lists the others",
    needs: ["stand-in", "odd rows", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const ids = await fill(bench, type);
        const odd = [...((await bench.harness.standIn?.addOddRows?.(type)) ?? [])].sort();
        await waitForWrites(bench, writerOf(collection));
        const entries = entriesOf(await listAll(collection, bench.session()));
        const seen = entries.flatMap((entry) =>
          entry.state === "listed" ? [] : [entry.state === "unsyncable" ? entry.reason : entry.state],
        );
        ensureEqual(seen.sort(), odd, `odd rows of ${type}`);
        ensureEqual(entries.length - seen.length, ids.length, `other rows of ${type}`);
      }
    },
  },
  {
    name: "stops when every page is the first one again",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        await fill(bench, type);
        let first: Promise<string> | undefined;
        let asked = 0;
        await interceptReads(bench, async (_, pass) => {
          asked += 1;
          if (asked > 50) throw new TypeError("fetch failed");
          first ??= pass().then((response) => response.text());
          return Response.json(JSON.parse(await first));
        });
        await rejectionOf(() => listAll(collection, bench.session(), 5), `listing ${type} in a circle`);
        bench.wire.intercept();
        ensure(asked <= 50, `${type}: more than 50 requests for one page that repeats`);
      }
    },
  },
  {
    name: "never goes to an address that an answer names",
    needs: ["stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection } of collectionsUnderTest(bench)) {
        const ids = await fill(bench, type);
        bench.wire.intercept(async (_, pass) => redirectAddresses(await pass()));
        const listed = await listAll(collection, bench.session(), 5).then(listedOf, () => []);
        bench.wire.intercept();
        const strayed = bench.wire.requests.some(({ url }) => url.hostname.endsWith("elsewhere.invalid"));
        ensure(!strayed, `${type}: followed a link out of an answer`);
        ensureEqual(listed.length, ids.length, `rows of ${type} when its links lead elsewhere`);
      }
    },
  },
]);
