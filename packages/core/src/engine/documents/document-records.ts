import type { LinkRecord } from "../links/links.ts";
import type { PlannedOperation, Side } from "../plans/plan.ts";
import { openSideOf, type RunContext } from "../runs/run-context.ts";
import type { SideBase } from "./field-hashes.ts";

/** Rests for a day after having been written back and forth. */
const REST_MS = 24 * 60 * 60 * 1000;

/** What was written, as the service shows it afterwards, by side. */
export interface WrittenSides {
  readonly from?: WrittenDocument;
  readonly to?: WrittenDocument;
}

interface WrittenDocument {
  readonly id: string;
  readonly base: SideBase;
}

/**
 * What the link of an operation becomes once it is done: both sides as they are now, where they are in step; what they
 * last agreed on, where they are not.
 */
export function documentRecords(
  context: RunContext,
  operation: PlannedOperation,
  written: WrittenSides = {},
): readonly LinkRecord[] {
  const { kind, document, on, reason } = operation;
  const [link] = operation.links;
  if (!link || operation.undoes !== undefined) return [];
  const fromId = written.from?.id ?? link.fromId ?? operation.fromId;
  const toId = written.to?.id ?? link.toId ?? operation.toId;
  const remade = document?.replaced !== undefined;
  const record: LinkRecord = {
    key: link.key,
    ...(fromId === undefined ? {} : { fromId }),
    ...(toId === undefined ? {} : { toId }),
    state: stateAfter(kind),
    reason: reason.code,
    alias: false,
    generation: link.generation + (remade ? 1 : 0),
    attempts: 0,
    ...(kind === "rest" ? { retryAtMs: context.parts.clock.now() + REST_MS } : {}),
    document: {
      ...(kind === "conflict" || kind === "rest" || document?.keepsBase
        ? { keepsBase: true }
        : basesAfter(document, written)),
      turns: document?.turns ?? 0,
      ...(on === undefined ? {} : { lastWritten: on }),
    },
  };
  return [record, ...supersededRecords(context, operation)];
}

/** States of a link that never had a document on both sides: it may go and come again. */
const unlinked: ReadonlySet<string | undefined> = new Set([undefined, "pending", "refused"]);

/** A creation whose id is used up: the next generation of its link makes the document under another one. */
export function renewedRecord({ links, document, reason }: PlannedOperation): LinkRecord | undefined {
  const [link] = links;
  if (!link) return undefined;
  const { key, fromId, toId, state, generation } = link;
  const stays = state !== undefined && !unlinked.has(state);
  return {
    key,
    ...(fromId === undefined ? {} : { fromId }),
    ...(toId === undefined ? {} : { toId }),
    state: stays ? state : "dropped",
    reason: reason.code,
    alias: false,
    generation: generation + (stays ? 1 : 0),
    attempts: 0,
    document: { keepsBase: true, turns: document?.turns ?? 0 },
  };
}

function basesAfter(document: PlannedOperation["document"], written: WrittenSides) {
  const from = written.from?.base ?? document?.from;
  const to = written.to?.base ?? document?.to;
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

function stateAfter(kind: PlannedOperation["kind"]): LinkRecord["state"] {
  switch (kind) {
    case "delete":
    case "drop":
      return "dropped";
    case "detach":
      return "detached";
    case "suppress":
      return "suppressed";
    case "conflict":
      return "conflict";
    case "rest":
      return "oscillating";
    default:
      return "linked";
  }
}

/** An id that is no more is remembered, so that late news about it is ignored. */
function supersededRecords(context: RunContext, { links, document, reason }: PlannedOperation): LinkRecord[] {
  const [link] = links;
  if (!link || !document?.replaced) return [];
  return (["from", "to"] as const).flatMap((side): LinkRecord[] => {
    const stored = document.replaced?.[side];
    if (stored === undefined) return [];
    const { side: name } = openSideOf(context, side === "from" ? context.from.side : context.to.side);
    return [supersededRecord(name, { [side]: stored }, link.generation, reason.code)];
  });
}

/** @param stored the stored key that is no more, by the direction of the run */
export function supersededRecord(
  side: Side,
  stored: { readonly from?: string; readonly to?: string },
  generation: number,
  reason: string,
): LinkRecord {
  return {
    key: `${side}:${stored.from ?? stored.to}#${generation}`,
    stored,
    state: "superseded",
    reason,
    alias: true,
    generation,
    attempts: 0,
  };
}
