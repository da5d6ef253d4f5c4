import type { WriteOutcome } from "../../contract/index.ts";
import type { LinkState } from "../../reconcile/index.ts";
import type { LinkPrecondition, PlannedOperation } from "../plans/plan.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { LinkRecord } from "./links.ts";

/** An item that the service refused for good rests this long: no retry storm. */
const REFUSED_RETRY_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * What the links of an operation become once it is done. For writes the service's answer decides; without one nothing
 * is recorded, and the next run looks.
 */
export function recordsOf(
  { from }: Pick<RunContext, "from">,
  operation: PlannedOperation,
  outcome?: WriteOutcome,
  nowMs = 0,
): LinkRecord[] {
  const sourceFirst = from.side === "source";
  const target = stateAfter(operation, outcome);
  if (target === undefined || operation.undoes !== undefined) return [];
  const { match } = operation;
  return operation.links.map((link, index) => ({
    ...base(link),
    ...idsAfter(operation, link, sourceFirst),
    state: target,
    reason: reasonAfter(operation, target, outcome),
    alias: index > 0 || operation.joins === true,
    ...(operation.kind === "remove" && operation.on !== undefined ? { removedFrom: operation.on } : {}),
    ...(operation.wishedAtMs === undefined ? {} : { wishedAtMs: operation.wishedAtMs }),
    ...(target === "refused" ? { retryAtMs: nowMs + REFUSED_RETRY_MS } : {}),
    ...(match ? { matchedBy: match.by, confidence: match.confidence } : {}),
  }));
}

/**
 * What the links of a write become that takes back what an earlier run did: the difference between the two sides is there on
 * purpose from then on. What the run had added is gone from that side only, what it had removed is back on that side only,
 * and both states stay until the user himself lifts them (ADR 0007).
 */
export function undoneRecords({ from }: Pick<RunContext, "from">, operation: PlannedOperation): LinkRecord[] {
  const { undoes, on, kind, links, reason, match } = operation;
  if (undoes === undefined || on === undefined) return [];
  const isBack = kind === "add";
  // By the direction of the run, `detached` is gone from the side that is read first.
  const state = (on === from.side) === isBack ? "suppressed" : "detached";
  return links.map((link, index) => ({
    ...base(link),
    ...idsAfter({ ...operation, kind: "link" }, link, from.side === "source"),
    state,
    reason: reason.code,
    alias: index > 0,
    ...(match ? { matchedBy: match.by, confidence: match.confidence } : {}),
    ...(kind === "delete" ? { document: { keepsBase: true as const, turns: 0 } } : {}),
  }));
}

/** The reason tells later whether the pair itself has put the item there. */
function reasonAfter(
  operation: PlannedOperation,
  target: LinkState | "dropped",
  outcome: WriteOutcome | undefined,
): string {
  if (target === "linked" && outcome?.result === "already-there") return "link.both";
  if (target !== "refused") return operation.reason.code;
  if (namesUnknown(operation, outcome)) return "refused.override-unknown";
  return outcome?.reason === "collection-full" ? "refused.collection-full" : "refused.by-service";
}

/** An id that the user gave, and that the service does not have. */
export function namesUnknown({ match }: PlannedOperation, outcome: WriteOutcome | undefined): boolean {
  return match?.by === "override" && outcome?.result === "not-found";
}

function base({ key, generation, repoints, goneFrom }: LinkPrecondition) {
  return { key, generation: repoints ? generation + 1 : generation, attempts: 0, ...(goneFrom ? { goneFrom } : {}) };
}

/** What was added stands for all links of the operation; what else an operation concerns keeps its own ids. */
function idsAfter(operation: PlannedOperation, link: LinkPrecondition, sourceFirst: boolean): ItemPair {
  const { kind, on } = operation;
  const own = { fromId: link.fromId ?? operation.fromId, toId: link.toId ?? operation.toId };
  const addedOnFrom = kind === "add" && (on === "source") === sourceFirst;
  const fromId = addedOnFrom ? operation.fromId : own.fromId;
  const toId = kind === "add" && !addedOnFrom ? operation.toId : own.toId;
  return { ...(fromId === undefined ? {} : { fromId }), ...(toId === undefined ? {} : { toId }) };
}

type ItemPair = Pick<LinkRecord, "fromId" | "toId">;

function stateAfter({ kind }: PlannedOperation, outcome: WriteOutcome | undefined): LinkState | "dropped" | undefined {
  switch (kind) {
    case "link":
      return "linked";
    case "detach":
      return "detached";
    case "suppress":
      return "suppressed";
    case "drop":
      return "dropped";
    case "add":
      if (outcome?.result === "written" || outcome?.result === "already-there") return "linked";
      return outcome?.result === "refused" || outcome?.result === "not-found" ? "refused" : undefined;
    case "remove":
      return outcome?.result === "written" || outcome?.result === "not-found" ? "dropped" : undefined;
  }
}

/** The link that remembers a miss, so that it is not looked for at every run. */
export function unmatchedRecord(item: UnmatchedItem): LinkRecord | undefined {
  if (!item.link) return undefined;
  return {
    ...base(item.link),
    ...(item.link.fromId === undefined ? {} : { fromId: item.link.fromId }),
    ...(item.link.toId === undefined ? {} : { toId: item.link.toId }),
    state: item.verdict === "uncertain" ? "uncertain" : "unmatched",
    reason: item.reason.code,
    alias: false,
    attempts: item.attempts,
    ...(item.retryAtMs === undefined ? {} : { retryAtMs: item.retryAtMs }),
    ...(item.match ? { confidence: item.match.confidence, matchedBy: item.match.by } : {}),
  };
}
