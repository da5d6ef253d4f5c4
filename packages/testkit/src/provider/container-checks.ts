import { collectionsOf, ServiceError } from "@syncer/core";
import { fill, listAll, listedOf, type ProviderBench, waitForWrites } from "./bench.ts";
import {
  type ContainerSide,
  containerSides,
  containerWith,
  contentsOf,
  fillableSides,
  listedContainer,
  settle,
  someIds,
} from "./container-bench.ts";
import { defineChecks } from "./define-checks.ts";
import {
  change,
  ensureFields,
  ensureSame,
  freshOperationId,
  readAgain,
  type WritableSide,
  writableSides,
} from "./document-bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";

export const containerChecks = defineChecks([
  {
    name: "calls the user's own containers owned",
    needs: ["containers", "stand-in"],
    async run(bench) {
      for (const { type, collection } of containerSides(bench)) {
        await fill(bench, type);
        const session = bench.session();
        for (const { native } of listedOf(await listAll(collection, session))) {
          ensureEqual(collection.facts(native, session).access, "owned", `access to a container of ${type}`);
        }
      }
    },
  },
  {
    name: "tells containers of others from the user's own, in listings and by id",
    needs: ["containers", "stand-in", "3 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        for (const access of ["followed", "shared"] as const) {
          const { id } = await othersContainer(bench, side, access);
          const { facts } = await listedContainer(bench, side, id);
          ensureEqual(facts.access, access, `access to a container of ${side.type} that is ${access}`);
          const session = bench.session();
          const answer = await side.collection.read.get(session, id);
          ensure(answer.state === "found", `${side.type}: a container of somebody else is said to be gone`);
          ensureEqual(side.collection.facts(answer.native, session).access, access, `the same of ${side.type}, by id`);
        }
      }
    },
  },
  {
    name: "names a collection of its own where a container shows another one",
    needs: ["containers", "stand-in"],
    async run(bench) {
      const types = collectionsOf(bench.provider).map(([type]) => type);
      for (const { type, collection } of containerSides(bench)) {
        const session = bench.session();
        for await (const { entries } of collection.read.list(session, {})) {
          for (const row of entries) {
            const shows = row.state === "listed" ? collection.facts(row.native, session).shows : undefined;
            ensure(shows === undefined || types.includes(shows), `${type}: shows "${shows}", which is no sync type`);
          }
        }
      }
    },
  },
  {
    name: "counts what a container holds, where it counts, in listings and by id",
    needs: ["containers", "stand-in", "3 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const id = await containerWith(bench, side, someIds(bench, side.type, 3));
        const session = bench.session();
        const answer = await side.collection.read.get(session, id);
        ensure(answer.state === "found", `${side.type}: a container is said to be gone`);
        const sizes = [(await listedContainer(bench, side, id)).facts, side.collection.facts(answer.native, session)];
        for (const { size = 3 } of sizes) ensureEqual(size, 3, `size of a container of ${side.type} with 3 entries`);
      }
    },
  },
  {
    name: "has one version of contents while nothing changes, and another when they have changed",
    needs: ["containers", "stand-in", "4 items"],
    async run(bench) {
      for (const side of containerSides(bench)) {
        const ids = someIds(bench, side.type, 4);
        const id = await containerWith(bench, side, ids.slice(0, 3));
        const look = async () => (await listedContainer(bench, side, id)).facts.contentsVersion;
        const before = await look();
        if (before === undefined) continue;
        ensureEqual(await look(), before, `version of contents of ${side.type}, seen twice`);
        for (const contents of [ids.toReversed(), ids.slice(1, 3), ids.slice(0, 2).toReversed()]) {
          const seen = await look();
          await side.inside.fill(id, contents);
          await waitForWrites(bench, side.collection.write);
          await settle(bench, side.contents.write);
          ensure((await look()) !== seen, `${side.type}: changed contents have the version that they had before`);
        }
      }
    },
  },
  {
    name: "refuses to change or fill a container that is only followed",
    needs: ["contents write", "stand-in", "4 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const { id, held } = await othersContainer(bench, side, "followed");
        const { row } = await listedContainer(bench, side, id);
        const [another = ""] = someIds(bench, side.type, 4).slice(3);
        const writes: (() => Promise<unknown>)[] = [
          () => side.writer.insert(bench.session(), id, [another]),
          () => side.writer.remove(bench.session(), id, [{ id: held[0] ?? "", at: 0 }]),
        ];
        for (const writable of writableSides(bench).filter(({ type }) => type === side.type)) {
          writes.push(() => change(bench, writable, row));
        }
        for (const write of writes) {
          const error = await rejectionOf(write, `writing to a followed container of ${side.type}`);
          const kind = error instanceof ServiceError ? error.failure.kind : String(error);
          ensureEqual(kind, "forbidden", `${side.type}: the failure of a write to a followed container`);
        }
      }
    },
  },
  {
    name: "fills a container that is shared with the user",
    needs: ["contents write", "stand-in", "4 items"],
    async run(bench) {
      for (const side of fillableSides(bench)) {
        const { id, held } = await othersContainer(bench, side, "shared");
        const [another = ""] = someIds(bench, side.type, 4).slice(3);
        await side.writer.insert(bench.session(), id, [another]);
        await settle(bench, side.writer);
        ensureEqual(await contentsOf(bench, side, id), [...held, another], `a shared container of ${side.type}`);
      }
    },
  },
  {
    name: "makes of a container what was asked for, by its creation and, for what that lacks, one change",
    needs: ["containers", "document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        if (side.collection.shape !== "containers") continue;
        for (const field of side.write.createLacks ?? []) {
          ensure(field in side.collection.kind.fields, `${side.type}: a creation lacks ${field}, which is no field`);
        }
        for (const item of side.fixtures.items.slice(0, 3)) {
          const made = await side.write.create(bench.session(), { item, operationId: freshOperationId() });
          try {
            const read = await readAgain(bench, side, made.id);
            ensureSame(side, made, read, "a creation");
            ensureFields(side, read.native, carriedBy(side, item), "a document as its creation made it");
            await change(bench, side, read, item);
            ensureFields(side, (await readAgain(bench, side, made.id)).native, item, "a document that was created");
          } finally {
            const last = { id: made.id, operationId: freshOperationId() };
            if (!bench.harness.standIn) await side.write.delete(bench.session(), last).catch(() => undefined);
          }
        }
      }
    },
  },
]);

/** What of an item a creation can carry. */
function carriedBy({ write }: WritableSide, item: object): object {
  const lacks: readonly string[] = write.createLacks ?? [];
  return Object.fromEntries(Object.entries(item).filter(([field]) => !lacks.includes(field)));
}

/** A container of somebody else that holds three entries, all of it to be seen. */
async function othersContainer(
  bench: ProviderBench,
  side: ContainerSide,
  access: "followed" | "shared",
): Promise<{ readonly id: string; readonly held: readonly string[] }> {
  const held = someIds(bench, side.type, 3);
  const id = await side.inside.putOthers(access, held);
  await waitForWrites(bench, side.collection.write);
  await settle(bench, side.contents.write);
  return { id, held };
}
