import { SyncerError } from "@syncer/core";
import { countReads, FEW, fill, interceptReads, listAll, listedIds, listedOf, put, waitForWrites } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import {
  documentSides,
  ensureFields,
  ensureGone,
  ensureListedSame,
  listedPart,
  readAgain,
  universalOf,
} from "./document-bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { malformations } from "./malformed-answers.ts";

export const documentChecks = defineChecks([
  {
    name: "names fields that its kind of document has, and a kind of its own",
    needs: ["documents"],
    async run(bench) {
      for (const { type, collection } of documentSides(bench)) {
        const { kind, fields = [] } = collection;
        ensure(/^[a-z][a-z0-9-]*$/.test(kind.name), `${type}: kind "${kind.name}" is not lower case and hyphens`);
        ensure(collection.fields === undefined || fields.length > 0, `${type}: it can hold no field at all`);
        for (const field of fields) ensure(field in kind.fields, `${type}: a ${kind.name} has no field ${field}`);
        ensureEqual(new Set(fields).size, fields.length, `${type}: fields that are named more than once`);
        const held: readonly string[] = collection.fields ?? Object.keys(kind.fields);
        for (const field of collection.unlisted ?? []) {
          ensure(held.includes(field), `${type}: does not hold ${field}, which its listings are to leave out`);
        }
      }
    },
  },
  {
    name: "maps every document to a valid item of its kind",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        await fill(bench, side.type);
        for (const { native } of listedOf(await listAll(side.collection, bench.session()))) {
          const parsed = side.collection.kind.schema.safeParse(side.collection.toUniversal(native));
          const problems = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
          ensureEqual(problems, [], `problems of a document of ${side.type}`);
        }
      }
    },
  },
  {
    name: "maps documents without side effects: the same answer each time, the native one unchanged",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        await fill(bench, side.type);
        for (const { native } of listedOf(await listAll(side.collection, bench.session()))) {
          const before = JSON.stringify(native);
          ensureEqual(
            universalOf(side, native),
            universalOf(side, native),
            `two mappings of one document of ${side.type}`,
          );
          ensureEqual(JSON.stringify(native), before, `a native document of ${side.type} after its mapping`);
        }
      }
    },
  },
  {
    name: "shows what the user wrote, and nothing in fields that it says it cannot hold",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        const { type, collection, fixtures } = side;
        const ids = await fill(bench, type, FEW);
        const rows = new Map(
          listedOf(await listAll(collection, bench.session())).map(({ id, native }) => [id, native]),
        );
        const held: readonly string[] = collection.fields ?? Object.keys(collection.kind.fields);
        for (const [index, id] of ids.entries()) {
          const wanted = listedPart(side, fixtures.items[index] ?? {});
          ensureFields(side, rows.get(id), wanted, "a document that the user wrote");
          const foreign = Object.keys(universalOf(side, rows.get(id))).filter((field) => !held.includes(field));
          ensureEqual(foreign, [], `fields of ${type} that it says it cannot hold`);
        }
      }
    },
  },
  {
    name: "shows by id what its listings leave out",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        const { collection, fixtures, type } = side;
        const unlisted: readonly string[] = collection.unlisted ?? [];
        const [id = ""] = await put(bench, type, fixtures.items.slice(0, 1));
        const rows = listedOf(await listAll(collection, bench.session())).map(({ native }) =>
          universalOf(side, native),
        );
        const { native } = await readAgain(bench, side, id);
        ensureFields(side, native, fixtures.items[0] ?? {}, "a document by its id");
        for (const row of rows) {
          const shown = unlisted.filter((field) => field in row);
          ensureEqual(shown, [], `fields that listings of ${type} are said to leave out`);
        }
      }
    },
  },
  {
    name: "names the same documents by the same ids in every listing",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        await fill(bench, side.type);
        const look = async () => {
          const rows = listedOf(await listAll(side.collection, bench.session()));
          return rows.map(({ id, native }) => `${id} ${JSON.stringify(universalOf(side, native))}`).sort();
        };
        ensureEqual(await look(), await look(), `ids and documents of ${side.type} in two listings`);
      }
    },
  },
  {
    name: "gives a document by id in one request (two for containers), just as its listing shows it",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        await fill(bench, side.type);
        for (const row of listedOf(await listAll(side.collection, bench.session())).slice(0, 3)) {
          const asked = await countReads(bench, async () => {
            const answer = await side.collection.read.get(bench.session(), row.id);
            ensure(answer.state === "found", `${side.type}: a listed document is said to be gone`);
            ensureListedSame(side, row, answer);
          });
          const most = side.collection.shape === "containers" ? 2 : 1;
          ensure(asked >= 1 && asked <= most, `${side.type}: ${asked} requests for one document`);
        }
      }
    },
  },
  {
    name: "says of an id that is of no document that it is gone",
    needs: ["documents"],
    async run(bench) {
      for (const { type, collection, fixtures } of documentSides(bench)) {
        const { state } = await collection.read.get(bench.session(), fixtures.unknownId);
        ensureEqual(state, "gone", `what ${type} says of an unknown id`);
      }
    },
  },
  {
    name: "says of no document that it is gone because the question fails or is refused",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        const [id = ""] = await fill(bench, side.type, 1);
        for (const answer of [...failures, ...malformed]) {
          await interceptReads(bench, async (_, pass) => answer(pass));
          const error = await rejectionOf(() => side.collection.read.get(bench.session(), id), `a question by id`);
          bench.wire.intercept();
          ensure(SyncerError.is(error), `${side.type}: threw an error without a type: ${String(error)}`);
          await bench.clock.sleep(600_000);
        }
      }
    },
  },
  {
    name: "shows what the user changed under the same id, in another version",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        const { type, collection, fixtures, controls } = side;
        const [id = ""] = await put(bench, type, fixtures.items.slice(0, 1));
        const before = await readAgain(bench, side, id);
        await controls?.edit(id, fixtures.changes);
        const after = await readAgain(bench, side, id);
        ensureFields(
          side,
          after.native,
          { ...fixtures.items[0], ...fixtures.changes },
          "a document that the user changed",
        );
        const same = before.version !== undefined && before.version === after.version;
        ensure(!same, `${type}: a changed document has the version that it had before`);
        const listed = listedOf(await listAll(collection, bench.session())).find((row) => row.id === id);
        ensure(listed, `${type}: a changed document is not listed under its id`);
        ensureListedSame(side, listed, after);
      }
    },
  },
  {
    name: "says of what the user deleted that it is gone, and lists the others",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const side of documentSides(bench)) {
        const [id = "", ...others] = await fill(bench, side.type);
        await side.controls?.remove(id);
        await ensureGone(bench, side, id);
        const listed = await listedIds(side.collection, bench.session());
        ensureEqual(listed.toSorted(), others.toSorted(), `documents of ${side.type} beside a deleted one`);
      }
    },
  },
  {
    name: "says in milliseconds when a document was changed, by the clock of the service",
    needs: ["documents", "stand-in"],
    async run(bench) {
      for (const { type, collection } of documentSides(bench)) {
        await fill(bench, type);
        const pages = await listAll(collection, bench.session());
        const rows = listedOf(pages).map((row) => ("modifiedAtMs" in row ? row.modifiedAtMs : undefined));
        const clocks = pages.map((page) => ("serverTimeMs" in page ? page.serverTimeMs : undefined));
        for (const atMs of [...rows, ...clocks]) {
          if (typeof atMs !== "number") continue;
          const near = Math.abs(atMs - bench.clock.now()) < 86_400_000;
          ensure(near, `${type}: a time of ${atMs}, more than a day from now`);
        }
      }
    },
  },
  {
    name: "finds another fingerprint by an exact probe when a document has been changed or deleted",
    needs: ["documents", "probe", "stand-in"],
    async run(bench) {
      for (const { type, collection, fixtures, controls } of documentSides(bench)) {
        const { probe } = collection.read;
        if (!probe?.exact) continue;
        const ids = await fill(bench, type);
        const look = async () => {
          await waitForWrites(bench, collection.write);
          return (await probe.read(bench.session(), { rows: ids.length })).fingerprint;
        };
        const seen = new Set([await look()]);
        await controls?.edit(ids[0] ?? "", fixtures.changes);
        ensure(seen.size < seen.add(await look()).size, `${type}: a changed document does not change the fingerprint`);
        await controls?.remove(ids[1] ?? "");
        ensure(seen.size < seen.add(await look()).size, `${type}: a deleted document does not change the fingerprint`);
      }
    },
  },
]);

type Answer = (pass: () => Promise<Response>) => Promise<Response>;

const failures: readonly Answer[] = [
  async () => Promise.reject(new TypeError("fetch failed")),
  ...[400, 401, 403, 429, 500, 502, 503].map(
    (status): Answer =>
      async () =>
        new Response(null, { status, headers: { "retry-after": "1" } }),
  ),
];

const malformed: readonly Answer[] = malformations
  .filter(({ ofSingles }) => ofSingles)
  .map(
    ({ alter }) =>
      async (pass) =>
        alter(await pass()),
  );
