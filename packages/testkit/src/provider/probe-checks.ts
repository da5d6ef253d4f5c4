import type { CollectionProbe } from "@syncer/core";
import {
  type AnyCollection,
  collectionsUnderTest,
  collectionUnderTest,
  countedOf,
  FEW,
  fill,
  itemsOf,
  kindHeld,
  listAll,
  listedIds,
  type ProviderBench,
  probeOf,
  put,
  refill,
  waitForWrites,
  writeAll,
} from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import { ensure, ensureEqual } from "./ensure.ts";

function probed(bench: ProviderBench): readonly {
  readonly type: Parameters<typeof fill>[1];
  readonly collection: AnyCollection;
  readonly probe: CollectionProbe;
}[] {
  return collectionsUnderTest(bench).flatMap(({ type, collection }) => {
    const probe = probeOf(collection);
    return probe ? [{ type, collection, probe }] : [];
  });
}

async function lookAtAll(bench: ProviderBench, collection: AnyCollection) {
  const pages = await listAll(collection, bench.session());
  return { rows: countedOf(pages), fingerprint: pages.at(-1)?.fingerprint };
}

/** Puts in what `fill` has left out. */
async function addOneMore(bench: ProviderBench, type: Parameters<typeof fill>[1]): Promise<void> {
  const documents = bench.harness.fixtures.documents?.[type];
  if (documents) await put(bench, type, documents.items.slice(FEW, FEW + 1));
  else {
    const collection = collectionUnderTest(bench, type);
    const { ids } = itemsOf(bench.harness, collection && kindHeld(collection));
    await refill(bench, type, ids.slice(FEW, FEW + 1));
  }
}

export const probeChecks = defineChecks([
  {
    name: "probes a collection in one request, and finds the listing's fingerprint while nothing changes",
    needs: ["probe"],
    async run(bench) {
      for (const { type, collection, probe } of probed(bench)) {
        await fill(bench, type);
        const { rows, fingerprint } = await lookAtAll(bench, collection);
        for (const look of ["first", "second"]) {
          const asked = await bench.wire.count(async () => {
            const answer = await probe.read(bench.session(), { rows });
            ensureEqual(answer.fingerprint, fingerprint, `fingerprint of the ${look} probe of ${type}`);
          });
          ensureEqual(asked, 1, `requests for a probe of ${type}`);
        }
      }
    },
  },
  {
    name: "probes an empty collection like any other",
    needs: ["probe", "stand-in"],
    async run(bench) {
      for (const { type, collection, probe } of probed(bench)) {
        const { fingerprint } = await lookAtAll(bench, collection);
        const answer = await probe.read(bench.session(), { rows: 0 });
        ensureEqual(answer.fingerprint, fingerprint, `fingerprint of the empty ${type}`);
        ensure((answer.rows ?? 0) === 0, `${type}: the probe counts ${answer.rows} rows in an empty collection`);
      }
    },
  },
  {
    name: "finds the listing's fingerprint by a probe after a listing in small pages too",
    needs: ["probe", "stand-in", `${FEW} items`],
    async run(bench) {
      for (const { type, collection, probe } of probed(bench)) {
        await fill(bench, type);
        const pages = await listAll(collection, bench.session(), 5);
        const answer = await probe.read(bench.session(), { rows: countedOf(pages) });
        ensureEqual(answer.fingerprint, pages.at(-1)?.fingerprint, `fingerprint of ${type} read in pages of 5`);
      }
    },
  },
  {
    name: "finds another fingerprint by a probe when an item has been added",
    needs: ["probe", "stand-in", `${FEW + 1} items`],
    async run(bench) {
      for (const { type, collection, probe } of probed(bench)) {
        await fill(bench, type);
        const before = await lookAtAll(bench, collection);
        const probedBefore = await probe.read(bench.session(), { rows: before.rows });
        await bench.clock.sleep(2_000);
        await addOneMore(bench, type);
        const after = await probe.read(bench.session(), { rows: before.rows });
        for (const { fingerprint } of [before, probedBefore]) {
          ensure(after.fingerprint !== fingerprint, `${type}: an added item does not change the fingerprint`);
        }
      }
    },
  },
  {
    name: "finds another fingerprint by a probe when an item has been removed, wherever it stood",
    needs: ["probe", "stand-in", "write", `${FEW} items`],
    async run(bench) {
      for (const { type, collection, probe } of probed(bench)) {
        if (collection.shape !== "membership" || !collection.write) continue;
        const { write } = collection;
        await fill(bench, type);
        for (const position of ["first", "middle", "last"]) {
          const before = await lookAtAll(bench, collection);
          const probedBefore = await probe.read(bench.session(), { rows: before.rows });
          const ids = await listedIds(collection, bench.session());
          const id = position === "first" ? ids[0] : position === "last" ? ids.at(-1) : ids[ids.length >> 1];
          await writeAll((batch) => write.remove(bench.session(), batch), id === undefined ? [] : [id], 1);
          await waitForWrites(bench, write);
          const after = await probe.read(bench.session(), { rows: before.rows });
          for (const { fingerprint } of [before, probedBefore]) {
            const problem = `${type}: removing the ${position} row does not change the fingerprint`;
            ensure(after.fingerprint !== fingerprint, problem);
          }
        }
      }
    },
  },
]);
