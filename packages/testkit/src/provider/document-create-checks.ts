import type { DocumentState } from "@syncer/core";
import { listAll, listedIds, listedOf, type ProviderBench, waitForWrites } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import {
  change,
  ensureFields,
  ensureSame,
  freshOperationId,
  readAgain,
  refusalOf,
  takeAway,
  universalOf,
  type WritableSide,
  writableSides,
} from "./document-bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";

export const documentCreateChecks = defineChecks([
  {
    name: "creates a document in one request, and answers with what a read then shows",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        const { type, collection, write, fixtures } = side;
        const before = await listedIds(collection, bench.session());
        const [item = {}] = fixtures.items;
        let made: DocumentState<unknown> | undefined;
        const asked = await bench.wire.count(async () => {
          made = await write.create(bench.session(), { item, operationId: freshOperationId() });
        });
        ensure(made, `${type}: nothing is created`);
        ensureEqual(asked, 1, `requests for creating in ${type}`);
        ensureSame(side, made, await readAgain(bench, side, made.id), "a creation");
        ensureFields(side, made.native, item, "a created document");
        const rows = await listedIds(collection, bench.session());
        ensureEqual(rows.toSorted(), [...before, made.id].sort(), `documents of ${type} after a creation`);
        await takeAway(bench, side, made.id);
      }
    },
  },
  {
    name: "makes one document of a creation that is repeated",
    needs: ["document write", "client ids"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        if (side.write.identity !== "client-id") continue;
        const request = { item: side.fixtures.items[0] ?? {}, operationId: freshOperationId() };
        const made = await side.write.create(bench.session(), request);
        for (const wait of [false, true]) {
          if (wait) await waitForWrites(bench, side.write);
          await ensureKnownAgain(bench, side, request, made.id);
        }
        await ensureOnce(bench, side, made.id);
        await takeAway(bench, side, made.id);
      }
    },
  },
  {
    name: "makes one document of a creation whose answer was lost and that is repeated",
    needs: ["document write", "client ids", "stand-in"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        if (side.write.identity !== "client-id") continue;
        const request = { item: side.fixtures.items[0] ?? {}, operationId: freshOperationId() };
        bench.wire.intercept(async (_, pass) => {
          await pass();
          throw new TypeError("fetch failed");
        });
        await rejectionOf(() => side.write.create(bench.session(), request), `creating in ${side.type}, answer lost`);
        bench.wire.intercept();
        await waitForWrites(bench, side.write);
        const [id = ""] = await listedIds(side.collection, bench.session());
        await ensureKnownAgain(bench, side, request, id);
        await ensureOnce(bench, side, id);
      }
    },
  },
  {
    name: "keeps the operation that made or changed a document as its marker",
    needs: ["document write", "markers"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        if (side.write.identity !== "marker") continue;
        const [created, updated] = [freshOperationId(), freshOperationId()];
        const [item = {}] = side.fixtures.items;
        const made = await side.write.create(bench.session(), { item, operationId: created });
        ensureEqual(made.marker, created, `marker of a created document of ${side.type}`);
        ensureEqual((await readAgain(bench, side, made.id)).marker, created, `marker of ${side.type} as it is read`);
        const listed = listedOf(await listAll(side.collection, bench.session())).find(({ id }) => id === made.id);
        const marker = listed && "marker" in listed ? listed.marker : undefined;
        ensureEqual(marker, created, `marker of ${side.type} as it is listed`);
        await change(bench, side, made, side.fixtures.changes, updated);
        ensureEqual((await readAgain(bench, side, made.id)).marker, updated, `marker of ${side.type} after an update`);
        await takeAway(bench, side, made.id);
      }
    },
  },
]);

/** A repeated creation is refused as one, or answered with what is there. */
async function ensureKnownAgain(
  bench: ProviderBench,
  { type, write }: WritableSide,
  request: Parameters<WritableSide["write"]["create"]>[1],
  id: string,
): Promise<void> {
  const what = `a repeated creation in ${type}`;
  const answer = await write.create(bench.session(), request).then(
    (again) => ({ id: again.id }),
    async (error: unknown) => ({ refusal: await refusalOf(() => Promise.reject(error), what) }),
  );
  if ("id" in answer) ensureEqual(answer.id, id, `${what}: the id that it answers with`);
  else ensureEqual(answer.refusal, "already-there", `${what}: the failure`);
  // Who is refused finds the document under the id that it asked for.
  if (!("id" in answer)) ensureEqual(id, request.operationId, `${what} is refused: the id of the document`);
}

async function ensureOnce(bench: ProviderBench, side: WritableSide, id: string): Promise<void> {
  await waitForWrites(bench, side.write);
  const wanted = JSON.stringify(universalOf(side, (await readAgain(bench, side, id)).native));
  const rows = listedOf(await listAll(side.collection, bench.session()));
  const equal = rows.filter(({ native }) => JSON.stringify(universalOf(side, native)) === wanted);
  ensureEqual(equal.length, 1, `documents of ${side.type} after one creation, repeated`);
}
