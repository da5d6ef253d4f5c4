import { type DocumentState, ServiceError } from "../../contract/index.ts";
import type { TenantHasher } from "../../crypto/index.ts";
import type { PlannedOperation, Side, WriteKind } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { DocumentSide } from "./document-side.ts";
import {
  checksumOf,
  type FieldHashes,
  holdsAlready,
  readFieldHashes,
  type SideBase,
  writeFieldHashes,
} from "./field-hashes.ts";
import { getDocument } from "./read-documents.ts";
import { baseOf, type SeenDocument, type ShownDocument, seenDocument } from "./seen-document.ts";
import { matchesBase } from "./side-state.ts";

/** One call to make: a document of one side, as it was when it was decided. */
export interface DocumentCall {
  readonly side: DocumentSide;
  readonly kind: Exclude<WriteKind, "add" | "remove">;
  readonly operationId: string;
  /** The service refused exactly this so long ago that whatever came of it can be seen by now. */
  readonly repeated: boolean;
  /** Absent for a creation. */
  readonly id?: string;
  readonly item: object;
  readonly meant?: string;
  /** The document as it was when this was decided. */
  readonly expected?: SideBase;
  readonly shown?: ShownDocument;
  /** It was made a moment ago by the call before, and nobody needs to look at it again. */
  readonly isFresh?: true;
}

export type CallResult =
  | {
      readonly result: "written";
      readonly id: string;
      readonly base: SideBase;
      readonly shown?: ShownDocument;
      readonly losses?: readonly string[];
    }
  | { readonly result: "deleted" | "gone" }
  /** It is not what it was when this was decided. */
  | { readonly result: "moved" }
  /** The id that it was to have is used up: an earlier creation took effect after all, and was deleted since. */
  | { readonly result: "used-up" }
  | { readonly result: "refused"; readonly reason: string };

/**
 * Looks at the document once more where the service has no conditional writes.
 * @returns what to write on, or that it has moved
 */
export async function lookFirst(hasher: TenantHasher, call: DocumentCall): Promise<ShownDocument | "moved" | "gone"> {
  const { side, id, shown, expected, kind, isFresh } = call;
  if (kind === "create" || id === undefined || isFresh) return shown ?? { id: "", native: undefined };
  const conditional = side.collection.write?.preconditions === "conditional";
  if (conditional && shown?.version !== undefined) return shown;
  const now = await getDocument(side, id);
  if (now && "gone" in now) return kind === "delete" ? "gone" : "moved";
  return now && matchesBase(hasher, expected, now) ? now : "moved";
}

/** Makes the one call, and says what the document is afterwards. */
export async function makeCall(hasher: TenantHasher, call: DocumentCall, on: ShownDocument): Promise<CallResult> {
  const { side, kind, operationId, item } = call;
  const writer = side.collection.write;
  if (!writer) return { result: "refused", reason: "read-only" };
  const { session } = side.open;
  const ifVersion = writer.preconditions === "conditional" && on.version !== undefined ? { ifVersion: on.version } : {};
  try {
    if (kind === "delete") {
      await writer.delete(session, { id: on.id, operationId, ...ifVersion });
      return { result: "deleted" };
    }
    const written =
      kind === "create"
        ? await writer.create(session, { item, operationId })
        : await writer.update(session, { id: on.id, item, operationId, previous: on.native, ...ifVersion });
    const { id, losses = [] } = written;
    return { result: "written", id, base: baseWritten(hasher, call, written), shown: written, losses };
  } catch (error) {
    return await afterFailure(hasher, call, error);
  }
}

/** The service's answer decides what the link remembers; what it does not show is what was sent. */
function baseWritten(hasher: TenantHasher, call: DocumentCall, written: DocumentState<unknown>): SideBase {
  const { side, expected, meant } = call;
  const before: FieldHashes | undefined = readFieldHashes(meant ?? expected?.fields);
  const seen = seenDocument(side, written);
  if (!seen) return { fields: meant ?? "", checksum: hasher.hash("document", meant ?? "") };
  const base = baseOf(hasher, seen, before);
  return call.kind === "update" ? withoutOthers(hasher, call, base) : base;
}

/**
 * What the answer shows in fields that were not written, and that is not what it was, is somebody else's edit, made
 * between the last look and the write. It stays to be seen by the next run.
 */
function withoutOthers(hasher: TenantHasher, { item, expected }: DocumentCall, base: SideBase): SideBase {
  const fields = new Map(readFieldHashes(base.fields));
  let edited = false;
  for (const [field, hash] of readFieldHashes(expected?.fields) ?? []) {
    if (field in item || String(fields.get(field)) === String(hash)) continue;
    fields.set(field, hash);
    edited = true;
  }
  if (!edited) return base;
  const text = writeFieldHashes(fields);
  // The version would say that there is nothing to see.
  const { version: _, ...rest } = base;
  return { ...rest, fields: text, checksum: checksumOf(hasher, text) };
}

/** @throws what concerns more than this document */
async function afterFailure(hasher: TenantHasher, call: DocumentCall, error: unknown): Promise<CallResult> {
  if (!(error instanceof ServiceError)) throw error;
  const { failure } = error;
  switch (failure.kind) {
    case "version-moved":
      return { result: "moved" };
    case "not-found":
      if (call.kind === "create") throw error;
      return { result: call.kind === "delete" ? "gone" : "moved" };
    case "already-there":
      return await adopt(hasher, call);
    case "invalid":
      return { result: "refused", reason: failure.reason };
    case "collection-full":
      return { result: "refused", reason: "collection-full" };
    default:
      throw error;
  }
}

/** An earlier creation with the same id took effect after all: what it made is ours. */
async function adopt(hasher: TenantHasher, call: DocumentCall): Promise<CallResult> {
  const found: SeenDocument | { readonly gone: true } | undefined = await getDocument(call.side, call.operationId);
  // Where reads lag behind writes, what seems to have gone may be about to show.
  const isSeen = call.repeated || (call.side.collection.write?.consistencyWindowMs ?? 0) === 0;
  if (found && "gone" in found && isSeen) return { result: "used-up" };
  if (!found || "gone" in found) return { result: "refused", reason: "already-there" };
  return { result: "written", id: found.id, base: baseOf(hasher, found) };
}

/** What a creation could not carry, as a change of what it has made; `undefined`: it could carry all. */
export function restOfCreation(call: DocumentCall, result: CallResult): DocumentCall | undefined {
  if (call.kind !== "create" || result.result !== "written" || !result.shown) return undefined;
  const { shown, base, id } = result;
  const meant = new Map(readFieldHashes(call.meant));
  const made = new Map(readFieldHashes(base.fields));
  const lacking = lackingIn(call).filter(([field]) => String(meant.get(field)) !== String(made.get(field)));
  if (lacking.length === 0) return undefined;
  const item = Object.fromEntries(lacking);
  return {
    side: call.side,
    kind: "update",
    operationId: call.operationId,
    repeated: false,
    isFresh: true,
    id,
    item,
    shown,
    expected: base,
  };
}

function lackingIn({ side, item }: DocumentCall): [string, unknown][] {
  const lacks = new Set<string>(side.collection.write?.createLacks ?? []);
  return Object.entries(item).filter(([field, value]) => lacks.has(field) && value !== undefined);
}

/**
 * What the link is to remember of the other side until the rest of a creation is written: in those fields, what the new
 * document shows. So the other side counts as changed, and the next run writes them.
 */
export function untilTheRest(hasher: TenantHasher, call: DocumentCall, other: SideBase, made: SideBase): SideBase {
  const fields = new Map(readFieldHashes(other.fields));
  const shown = new Map(readFieldHashes(made.fields));
  for (const [field] of lackingIn(call)) {
    const hash = shown.get(field);
    if (hash !== undefined) fields.set(field, hash);
  }
  const text = writeFieldHashes(fields);
  // The version would say that there is nothing to see.
  const { version: _, ...rest } = other;
  return { ...rest, fields: text, checksum: checksumOf(hasher, text) };
}

/** The calls of an operation, in the order in which they are made. */
export function callsOf(
  operation: PlannedOperation,
  sides: { readonly from: DocumentSide; readonly to: DocumentSide },
): readonly DocumentCall[] {
  const { kind, on, document, id: operationId } = operation;
  if (kind !== "create" && kind !== "update" && kind !== "merge" && kind !== "delete") return [];
  const call = (letter: "from" | "to"): DocumentCall => {
    const id = letter === "from" ? operation.fromId : operation.toId;
    const expected = document?.[letter];
    const shown = document?.shown?.[letter];
    return {
      side: sides[letter],
      kind: kind === "merge" ? "update" : kind,
      operationId,
      repeated: operation.links.some(({ state }) => state === "refused"),
      item: document?.item ?? {},
      ...(id === undefined || kind === "create" ? {} : { id }),
      ...(document?.meant === undefined ? {} : { meant: document.meant }),
      ...(expected ? { expected } : {}),
      ...(shown ? { shown } : {}),
    };
  };
  const letterOf = (side: Side) => (sides.from.open.side === side ? "from" : "to");
  if (on !== undefined) return [call(letterOf(on))];
  // What is merged already needs no write.
  return (["to", "from"] as const)
    .filter((letter) => document?.[letter] && !holdsAlready(document[letter], document.meant))
    .map(call);
}

export const notReached = reason("refused.not-reached", {});
