import type { Statement } from "../../ports/index.ts";
import { isOfDocuments } from "../documents/document-side.ts";
import type { PairPlan } from "../plans/plan.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { Lease } from "./lease.ts";
import type { ApplyResult } from "./ledger.ts";
import type { RunContext } from "./run-context.ts";

type Commit = (statements: readonly Statement[]) => Promise<void>;

/** What a run does, for collections of one shape. */
export interface ShapeOfRun {
  /** @param commit records what is found on the way; absent in a dry run */
  plan(context: RunContext, commit?: Commit): Promise<PairPlan>;
  /** Records what interrupted calls have done after all, before a plan that was made elsewhere is carried out. */
  recover(context: RunContext, commit: Commit): Promise<readonly ItemOutcome[]>;
  /** @param given the plan was made earlier, by a call of its own */
  apply(context: RunContext, lease: Lease, plan: PairPlan, given: boolean): Promise<ApplyResult>;
}

export function shapeName({ pair, from }: Pick<RunContext, "pair" | "from">) {
  return from.provider.collections[pair.sync_type]?.shape;
}

/** Each shape is loaded by the first run of a collection that has it. */
export async function shapeOf(context: RunContext): Promise<ShapeOfRun> {
  if (shapeName(context) === "containers") return (await import("../containers/containers-shape.ts")).containers;
  if (shapeName(context) === "log") return (await import("../log/log-shape.ts")).log;
  if (isOfDocuments(context, context.from)) return (await import("../documents/documents-shape.ts")).documents;
  return (await import("../membership/membership-shape.ts")).membership;
}
