import type { DocumentKind, DocumentState, DocumentWriter } from "@syncer/core";
import {
  type AnyDocuments,
  documentsUnderTest,
  listAll,
  listedOf,
  type NamedCollection,
  type ProviderBench,
  waitForWrites,
} from "./bench.ts";
import { ensure, ensureEqual, rejectionOf } from "./ensure.ts";
import type { DocumentControls, DocumentFixtures } from "./harness.ts";

/** A collection of documents with all that the harness gives for it. */
export interface DocumentSide extends NamedCollection<AnyDocuments> {
  readonly fixtures: DocumentFixtures;
  readonly controls: DocumentControls | undefined;
}

export type WritableSide = DocumentSide & { readonly write: DocumentWriter<unknown, object> };

export function documentSides(bench: ProviderBench): readonly DocumentSide[] {
  const { fixtures, standIn } = bench.harness;
  return documentsUnderTest(bench).flatMap(({ type, collection }) => {
    const given = fixtures.documents?.[type];
    return given ? [{ type, collection, fixtures: given, controls: standIn?.documents?.[type] }] : [];
  });
}

export function writableSides(bench: ProviderBench): readonly WritableSide[] {
  return documentSides(bench).flatMap((side) =>
    side.collection.write ? [{ ...side, write: side.collection.write }] : [],
  );
}

/** As the engine makes them: the same for nothing else. */
export function freshOperationId(): string {
  return `conformance-${crypto.randomUUID()}`;
}

/** The document as a question by id shows it, once writes must show. */
export async function readAgain(bench: ProviderBench, side: DocumentSide, id: string): Promise<DocumentState<unknown>> {
  await waitForWrites(bench, side.collection.write);
  const answer = await side.collection.read.get(bench.session(), id);
  ensure(answer.state === "found", `${side.type}: a document that is there is said to be gone`);
  return answer;
}

export async function ensureGone(bench: ProviderBench, { type, collection }: DocumentSide, id: string): Promise<void> {
  await waitForWrites(bench, collection.write);
  const { state } = await collection.read.get(bench.session(), id);
  ensureEqual(state, "gone", `${type}: what a question by id says of a deleted document`);
  const listed = listedOf(await listAll(collection, bench.session())).some((row) => row.id === id);
  ensure(!listed, `${type}: a deleted document is listed`);
}

/** Updates the document with what the fixtures say, under its present version. */
export async function change(
  bench: ProviderBench,
  { write, fixtures }: WritableSide,
  { id, native, version }: DocumentState<unknown>,
  item: object = fixtures.changes,
  operationId = freshOperationId(),
): Promise<DocumentState<unknown>> {
  const condition = version === undefined ? {} : { ifVersion: version };
  return write.update(bench.session(), { id, item, operationId, previous: native, ...condition });
}

/** Creates a document for some work, and takes it away again where no stand-in begins anew with each check. */
export async function withDocument(
  bench: ProviderBench,
  side: WritableSide,
  work: (made: DocumentState<unknown>) => Promise<void>,
  item: object = side.fixtures.items[0] ?? {},
): Promise<void> {
  const made = await side.write.create(bench.session(), { item, operationId: freshOperationId() });
  try {
    await waitForWrites(bench, side.write);
    await work(made);
  } finally {
    await takeAway(bench, side, made.id);
  }
}

export async function takeAway(bench: ProviderBench, { write }: WritableSide, id: string): Promise<void> {
  if (bench.harness.standIn) return;
  await write.delete(bench.session(), { id, operationId: freshOperationId() }).catch(() => undefined);
}

/** The document in universal form: keys and sets in one order, nothing that is absent. */
export function universalOf({ collection }: DocumentSide, native: unknown): Readonly<Record<string, unknown>> {
  return canonical(collection.kind, collection.toUniversal(native));
}

function canonical(kind: DocumentKind, item: object): Readonly<Record<string, unknown>> {
  const shapes: Readonly<Record<string, string>> = kind.fields;
  const known = Object.entries(item).filter(([, value]) => value !== undefined);
  const fields = known.map(([field, value]) => [
    field,
    shapes[field] === "set" && Array.isArray(value) ? value.map((part) => JSON.stringify(part)).sort() : value,
  ]);
  return Object.fromEntries(fields.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Whether a document has these fields just so. */
export function ensureFields(side: DocumentSide, native: unknown, wanted: object, what: string): void {
  const shown = universalOf(side, native);
  for (const [field, value] of Object.entries(canonical(side.collection.kind, wanted))) {
    ensureEqual(shown[field], value, `${side.type}: ${field} of ${what}`);
  }
}

/** What of an item a listing of the collection shows. */
export function listedPart({ collection }: DocumentSide, item: object): Readonly<Record<string, unknown>> {
  const unlisted: readonly string[] = collection.unlisted ?? [];
  return Object.fromEntries(Object.entries(item).filter(([field]) => !unlisted.includes(field)));
}

/** Whether a row of a listing is what a question by id shows. */
export function ensureListedSame(side: DocumentSide, row: DocumentState<unknown>, read: DocumentState<unknown>): void {
  ensureSameParts(side, row, read, "a listing");
  const [shown, wanted] = [universalOf(side, row.native), listedPart(side, universalOf(side, read.native))];
  ensureEqual(shown, wanted, `${side.type}: the document in a listing, against a read`);
}

/** Whether a write's answer is what a read then shows. */
export function ensureSame(
  side: DocumentSide,
  answered: DocumentState<unknown>,
  read: DocumentState<unknown>,
  what: string,
): void {
  ensureSameParts(side, answered, read, what);
  const [shown, wanted] = [universalOf(side, answered.native), universalOf(side, read.native)];
  ensureEqual(shown, wanted, `${side.type}: the document in the answer to ${what}, against a read`);
}

function ensureSameParts(
  { type }: DocumentSide,
  answered: DocumentState<unknown>,
  read: DocumentState<unknown>,
  what: string,
): void {
  for (const part of ["id", "version", "modifiedAtMs", "marker"] as const) {
    ensureEqual(answered[part], read[part], `${type}: ${part} in the answer to ${what}, against a read`);
  }
}

/** The kind of the failure with which a write is refused. */
export async function refusalOf(work: () => Promise<unknown>, what: string): Promise<string> {
  const error = await rejectionOf(work, what);
  return hasFailure(error) ? error.failure.kind : String(error);
}

function hasFailure(error: unknown): error is { readonly failure: { readonly kind: string } } {
  return typeof error === "object" && error !== null && "failure" in error;
}
