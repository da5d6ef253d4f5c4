import type { Side } from "../plans/plan.ts";
import { openSideOf, type RunContext } from "../runs/run-context.ts";
import { shapeName } from "../runs/shapes.ts";

/**
 * Waits until the services show what a run has written, where it has to be looked at: lists are put back by what they show, and so
 * is found out what became of calls whose answers were lost.
 */
export async function untilShown(context: RunContext, jobId: string): Promise<void> {
  const { storage, clock } = context.parts;
  const isLists = shapeName(context) === "containers";
  const intents = await storage.select({
    table: "intents",
    columns: ["side", "updated_at"],
    where: { job_id: jobId, ...(isLists ? {} : { state: "prepared" as const }) },
  });
  const shownAtMs = intents.map(({ side, updated_at }) => updated_at + windowOf(context, side));
  const waitMs = Math.max(0, ...shownAtMs) - clock.now();
  if (waitMs > 0) await clock.sleep(waitMs, context.signal);
}

function windowOf(context: RunContext, side: Side): number {
  const { provider } = openSideOf(context, side);
  const collection = provider.collections[context.pair.sync_type];
  const contents = collection?.shape === "containers" ? collection.contents.write : undefined;
  const write = collection?.shape === "log" ? undefined : collection?.write;
  return Math.max(write?.consistencyWindowMs ?? 0, contents?.consistencyWindowMs ?? 0);
}
