import { ServiceError, SyncerError } from "@syncer/core";
import { FEW } from "./bench.ts";
import {
  type ContainerSide,
  containerSides,
  containerWith,
  contentPages,
  contentsOf,
  settle,
  someIds,
} from "./container-bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { malformations, redirectAddresses } from "./malformed-answers.ts";

export const contentsChecks = defineChecks([
  {
    name: "lists an empty container as a page without entries",
    needs: ["containers", "stand-in"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const pages = await contentPages(side, bench.session(), await containerWith(bench, side, []));
        ensure(pages.length > 0, `${side.type}: an empty container still is a page, which proves that it was read`);
        ensureEqual(pages.flatMap(({ entries }) => entries).length, 0, `entries of an empty container of ${side.type}`);
      }
    },
  },
  {
    name: "lists what a container holds in its order, with every page size",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const ids = shuffled(someIds(bench, side.type, FEW));
        const id = await containerWith(bench, side, ids);
        for (const size of [undefined, 1, 5, FEW, FEW + 1, 1_000_000]) {
          ensureEqual(await contentsOf(bench, side, id, size), ids, `contents of ${side.type} in pages of ${size}`);
        }
      }
    },
  },
  {
    name: "tells contents of one container from those of another",
    needs: ["containers", "stand-in", "4 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const ids = someIds(bench, side.type, 4);
        const [first, second] = [
          await containerWith(bench, side, ids.slice(0, 2)),
          await containerWith(bench, side, ids.slice(2)),
        ];
        ensureEqual(await contentsOf(bench, side, first), ids.slice(0, 2), `contents of one container of ${side.type}`);
        ensureEqual(await contentsOf(bench, side, second), ids.slice(2), `contents of another of ${side.type}`);
      }
    },
  },
  {
    name: "counts as many entries of contents as it lists, where it calls its totals exact",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        if (side.contents.read.totals !== "exact") continue;
        const id = await containerWith(bench, side, someIds(bench, side.type, FEW));
        const pages = await contentPages(side, bench.session(), id, 5);
        for (const { total } of pages) ensureEqual(total, FEW, `total of contents of ${side.type}`);
      }
    },
  },
  {
    name: "tells one checksum, or none, on all pages of contents that do not change",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const id = await containerWith(bench, side, someIds(bench, side.type, FEW));
        const seen = new Set((await contentPages(side, bench.session(), id, 5)).map(({ checksum }) => checksum));
        ensureEqual(seen.size, 1, `checksums of contents of ${side.type} in one listing`);
      }
    },
  },
  {
    name: "keeps the place of what cannot be read or synced",
    needs: ["containers", "stand-in", "6 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const ids = someIds(bench, side.type, 6);
        const id = await containerWith(bench, side, ids);
        for (const at of [1, 4]) {
          const state = await side.inside.spoil?.(id, at);
          if (state === undefined) continue;
          await settle(bench, side.contents.write);
          const wanted = (await contentsOf(bench, side, id)).map((entry, place) => (place === at ? state : entry));
          const seen = await contentsOf(bench, side, id, 2);
          ensureEqual(seen, wanted, `contents of ${side.type} with an entry that is ${state}`);
          ensureEqual(seen.length, ids.length, `places of contents of ${side.type}`);
        }
      }
    },
  },
  {
    name: "shows every copy of what stands twice, where copies are kept",
    needs: ["containers", "stand-in", "3 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        if (side.contents.write?.copies !== "kept") continue;
        const [a = "", b = "", c = ""] = someIds(bench, side.type, 3);
        const id = await containerWith(bench, side, [a, b, a, c, a]);
        ensureEqual(await contentsOf(bench, side, id, 2), [a, b, a, c, a], `contents of ${side.type} with copies`);
      }
    },
  },
  {
    name: "says of contents of a container that does not exist that it does not, never that they are empty",
    needs: ["containers"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const error = await rejectionOf(
          () => contentPages(side, bench.session(), side.fixtures.unknownId),
          `contents of what is not in ${side.type}`,
        );
        const kind = error instanceof ServiceError ? error.failure.kind : String(error);
        ensureEqual(kind, "not-found", `the failure of contents of what is not in ${side.type}`);
      }
    },
  },
  {
    name: "takes malformed contents for an error, never for empty ones or their end",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const id = await containerWith(bench, side, someIds(bench, side.type, FEW));
        for (const { name, alter } of malformations) {
          for (const pagesBefore of [0, 1]) {
            let page = 0;
            bench.wire.intercept(async (_, pass) => {
              page += 1;
              return page <= pagesBefore ? pass() : alter(await pass());
            });
            const error = await rejectionOf(() => contentPages(side, bench.session(), id, 5), `${side.type}, ${name}`);
            bench.wire.intercept();
            ensure(SyncerError.is(error), `${side.type}, ${name}: threw an error without a type: ${String(error)}`);
          }
        }
      }
    },
  },
  {
    name: "reads contents page by page, and asks for no more when the reader stops",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const id = await containerWith(bench, side, someIds(bench, side.type, FEW));
        const asked = await bench.wire.count(async () => {
          for await (const page of side.contents.read.list(bench.session(), id, { pageSize: 5 })) {
            ensure(page.entries.length > 0, `${side.type}: the first page of contents is empty`);
            break;
          }
        });
        ensureEqual(asked, 1, `requests for the first page of contents of ${side.type}`);
      }
    },
  },
  {
    name: "stops when contents lead back to where they began, and goes to no address that they name",
    needs: ["containers", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const ids = someIds(bench, side.type, FEW);
        const id = await containerWith(bench, side, ids);
        await ensureNoCircle(bench, side, id);
        bench.wire.intercept(async (_, pass) => redirectAddresses(await pass()));
        const listed = await contentsOf(bench, side, id, 5).catch(() => []);
        bench.wire.intercept();
        const strayed = bench.wire.requests.some(({ url }) => url.hostname.endsWith("elsewhere.invalid"));
        ensure(!strayed, `${side.type}: followed a link out of an answer`);
        ensureEqual(listed, ids, `contents of ${side.type} when their links lead elsewhere`);
      }
    },
  },
]);

async function ensureNoCircle(
  bench: Parameters<typeof containerSides>[0],
  side: ContainerSide,
  id: string,
): Promise<void> {
  let first: Promise<string> | undefined;
  let asked = 0;
  bench.wire.intercept(async (_, pass) => {
    asked += 1;
    if (asked > 50) throw new TypeError("fetch failed");
    first ??= pass().then((response) => response.text());
    return Response.json(JSON.parse(await first));
  });
  await rejectionOf(() => contentPages(side, bench.session(), id, 5), `contents of ${side.type} in a circle`);
  bench.wire.intercept();
  ensure(asked <= 50, `${side.type}: more than 50 requests for one page of contents that repeats`);
}

/** Neither the order of ids nor its reverse. */
function shuffled(ids: readonly string[]): readonly string[] {
  return [...ids.filter((_, at) => at % 2 === 1), ...ids.filter((_, at) => at % 2 === 0).toReversed()];
}
