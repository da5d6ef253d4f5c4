import type { Row } from "../../ports/index.ts";
import type { RunContext } from "../runs/run-context.ts";

/** Calls of earlier runs of which nobody knows what they did, and those that a listing may not show yet. */
export interface OpenCalls {
  /** Their intents. */
  readonly ids: readonly string[];
  /** Keys of the links that they were to write. */
  readonly linkKeys: ReadonlySet<string>;
  readonly hasOpenCreation: boolean;
  /** The list was written so lately that a listing may show what was before. */
  readonly isSettling: boolean;
  readonly isCreationSettling: boolean;
}

/** For how long what was written may not show, in ms. */
export interface Windows {
  readonly creationMs: number;
  readonly entriesMs: number;
}

export async function readOpenCalls(
  { parts, pair, to }: RunContext,
  { creationMs, entriesMs }: Windows,
): Promise<OpenCalls> {
  const { storage, clock } = parts;
  const now = clock.now();
  const columns = ["id", "kind", "state", "updated_at"] as const;
  const [open, recent] = await Promise.all([
    storage.select({ table: "intents", columns, where: { pair_id: pair.id, state: "prepared" } }),
    storage.select({
      table: "intents",
      columns,
      where: { pair_id: pair.id, side: to.side, updated_at: { gt: now - Math.max(creationMs, entriesMs) } },
    }),
  ]);
  const isOf = ({ kind, state, updated_at }: Pick<Row<"intents">, "kind" | "state" | "updated_at">, windowMs: number) =>
    state !== "abandoned" && kind !== "delete" && updated_at > now - windowMs;
  const items = await storage.select({
    table: "intent_items",
    columns: ["link_key", "outcome"],
    where: { intent_id: { in: open.map(({ id }) => id) } },
  });
  return {
    ids: open.map(({ id }) => id),
    linkKeys: new Set(items.flatMap(({ link_key, outcome }) => (isUnknown(outcome) ? [link_key] : []))),
    hasOpenCreation: open.some(({ kind }) => kind === "create"),
    isSettling: recent.some((intent) => intent.kind !== "create" && isOf(intent, entriesMs)),
    isCreationSettling: recent.some((intent) => intent.kind === "create" && isOf(intent, creationMs)),
  };
}

function isUnknown(outcome: Row<"intent_items">["outcome"]): boolean {
  return outcome === null || outcome === "unknown";
}
