import { SyncerError } from "@syncer/core";
import { type ProviderBench, waitForWrites } from "./bench.ts";
import { defineChecks } from "./define-checks.ts";
import {
  change,
  ensureFields,
  ensureGone,
  ensureSame,
  freshOperationId,
  readAgain,
  refusalOf,
  universalOf,
  type WritableSide,
  withDocument,
  writableSides,
} from "./document-bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import { malformations } from "./malformed-answers.ts";

export const documentWriteChecks = defineChecks([
  {
    name: "changes the given fields in one request, leaves the others, and answers with what a read then shows",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        await withDocument(bench, side, async (made) => {
          const before = universalOf(side, made.native);
          let updated = made;
          const asked = await bench.wire.count(async () => {
            updated = await change(bench, side, made);
          });
          ensureEqual(asked, 1, `requests for changing in ${side.type}`);
          ensureEqual(updated.id, made.id, `id of a changed document of ${side.type}`);
          ensureSame(side, updated, await readAgain(bench, side, made.id), "an update");
          ensureFields(side, updated.native, { ...before, ...side.fixtures.changes }, "an updated document");
        });
      }
    },
  },
  {
    name: "empties sets and lists when told to",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        const { kind } = side.collection;
        const shapes: Readonly<Record<string, string>> = kind.fields;
        const full = side.fixtures.items.find((item) => emptied(item, shapes) !== undefined) ?? {};
        const empty = emptied(full, shapes);
        if (!empty) continue;
        await withDocument(
          bench,
          side,
          async (made) => {
            await change(bench, side, made, empty);
            const { native } = await readAgain(bench, side, made.id);
            ensureFields(side, native, { ...full, ...empty }, "a document whose lists were emptied");
          },
          full,
        );
      }
    },
  },
  {
    name: "gives another version with every write, where it has versions",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        await withDocument(bench, side, async (made) => {
          if (made.version === undefined) {
            ensureEqual(side.write.preconditions, "none", `${side.type}: conditional writes without versions`);
            return;
          }
          const updated = await change(bench, side, made);
          ensure(updated.version !== made.version, `${side.type}: an update leaves the version as it was`);
        });
      }
    },
  },
  {
    name: "refuses to change or delete a document under a version that it no longer has",
    needs: ["document write", "conditional writes"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        if (side.write.preconditions !== "conditional") continue;
        await withDocument(bench, side, async (made) => {
          const updated = await change(bench, side, made);
          await waitForWrites(bench, side.write);
          const again = () => change(bench, side, made);
          ensureEqual(
            await refusalOf(again, "an update"),
            "version-moved",
            `${side.type}: an update of an old version`,
          );
          const { id, version = "" } = made;
          const late = { id, operationId: freshOperationId(), ifVersion: version };
          const refusal = await refusalOf(() => side.write.delete(bench.session(), late), "a deletion");
          ensureEqual(refusal, "version-moved", `${side.type}: the deletion of an old version`);
          ensureSame(side, updated, await readAgain(bench, side, made.id), "the update that came first");
        });
      }
    },
  },
  {
    name: "deletes a document in one request, and says then that it is gone",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        await withDocument(bench, side, async ({ id, version }) => {
          const condition = version === undefined ? {} : { ifVersion: version };
          const remove = () =>
            side.write.delete(bench.session(), { id, operationId: freshOperationId(), ...condition });
          ensureEqual(await bench.wire.count(remove), 1, `requests for deleting from ${side.type}`);
          await ensureGone(bench, side, id);
          await ensureNothingToDelete(side, remove, "a second deletion");
        });
      }
    },
  },
  {
    name: "finds nothing to change or delete where nothing is",
    needs: ["document write"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        const { unknownId } = side.fixtures;
        await withDocument(bench, side, async ({ native }) => {
          const update = () => change(bench, side, { id: unknownId, native });
          ensureEqual(await refusalOf(update, "an update"), "not-found", `${side.type}: changing what is not there`);
          const remove = () => side.write.delete(bench.session(), { id: unknownId, operationId: freshOperationId() });
          await ensureNothingToDelete(side, remove, "the deletion of what is not there");
        });
      }
    },
  },
  {
    name: "says of no document that it was written when the answer is lost",
    needs: ["document write", "stand-in"],
    async run(bench) {
      for (const side of writableSides(bench)) {
        for (const [what, write] of await everyWrite(bench, side)) {
          bench.wire.intercept(async (_, pass) => {
            await pass();
            throw new TypeError("fetch failed");
          });
          await ensureUnknown(write, `${what} in ${side.type}, answer lost`);
          bench.wire.intercept();
        }
      }
    },
  },
  ...malformations
    .filter(({ ofWrites }) => ofWrites)
    .map(({ name, alter }) => ({
      name: `says of no document that it was written when the answer is ${name}`,
      needs: ["document write", "stand-in"] as const,
      async run(bench: ProviderBench) {
        for (const side of writableSides(bench)) {
          // Emptiness, and so anything else, may be how a service says that a deletion is done.
          const writes = (await everyWrite(bench, side)).filter(([what]) => what !== "deleting");
          for (const [what, write] of writes) {
            bench.wire.intercept(async (_, pass) => alter(await pass()));
            await ensureUnknown(write, `${what} in ${side.type}`);
            bench.wire.intercept();
          }
        }
      },
    })),
]);

/** Services that delete containers by no longer showing them may do that to anything. */
async function ensureNothingToDelete(
  { type, collection }: WritableSide,
  remove: () => Promise<void>,
  what: string,
): Promise<void> {
  const seen = await remove().then(
    () => "done",
    (error: unknown) => refusalOf(() => Promise.reject(error), what),
  );
  const allowed = collection.shape === "containers" ? ["not-found", "done"] : ["not-found"];
  ensure(allowed.includes(seen), `${type}: ${what}: expected ${allowed.join(" or ")}, got ${seen}`);
}

/** The first item's sets and lists without their elements; `undefined` if it has none. */
function emptied(item: object, shapes: Readonly<Record<string, string>>): object | undefined {
  const full = Object.entries(item).filter(
    ([field, value]) => shapes[field] !== "value" && Array.isArray(value) && value.length > 0,
  );
  return full.length === 0 ? undefined : Object.fromEntries(full.map(([field]) => [field, []]));
}

/** One write of each kind; what they write to is there. */
async function everyWrite(
  bench: ProviderBench,
  side: WritableSide,
): Promise<readonly (readonly [string, () => Promise<unknown>])[]> {
  const [item = {}, another = {}] = side.fixtures.items;
  const made = await side.write.create(bench.session(), { item, operationId: freshOperationId() });
  return [
    ["creating", () => side.write.create(bench.session(), { item: another, operationId: freshOperationId() })],
    ["changing", () => change(bench, side, made)],
    ["deleting", () => side.write.delete(bench.session(), { id: made.id, operationId: freshOperationId() })],
  ];
}

/** Whether a write whose answer nobody understood is said to be of unknown outcome, or at least not done. */
async function ensureUnknown(write: () => Promise<unknown>, what: string): Promise<void> {
  const error = await rejectionOf(write, what);
  ensure(SyncerError.is(error), `${what}: threw an error without a type: ${String(error)}`);
  const kind = "failure" in error ? (error.failure as { readonly kind: string }).kind : "";
  ensure(kind !== "invalid" && kind !== "not-found", `${what}: taken for a refusal (${kind}), while it may be done`);
}
