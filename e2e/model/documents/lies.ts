import type { ListingLie } from "@syncer/testkit";
import type { Outcome } from "../base/explore.ts";
import { otherPlace } from "./notes.ts";
import { sync } from "./perform.ts";
import type { Side } from "./side.ts";
import type { Lie, Step } from "./steps.ts";
import type { DocumentsModel } from "./world.ts";

export async function underLie(
  world: DocumentsModel,
  { side: place, lie }: Extract<Step, { do: "lie" }>,
): Promise<Outcome> {
  const side = world.sides[place];
  side.documents.adopt({ lie: lieOf(world, side, lie) });
  const run = await sync(world, { disturbed: () => true, lied: true });
  world.settleHabits(side);
  return { outcome: `${lie}: ${run.outcome}`, detail: run.detail };
}

/** A lie that can be told from the truth: not one that hides what no link knows yet, nor what has another id now. */
function lieOf(world: DocumentsModel, side: Side, lie: Lie): ListingLie {
  const failing: ListingLie = { lie: "failing-page", page: 2, with: { kind: "unavailable" } };
  const other = world.sides[otherPlace(side.place)];
  const isOpen = (serial: number) => {
    const { is } = world.oracle.standing(serial);
    return (is === "never" || is === "clouded") && side.count(serial) > 0 && other.count(serial) > 0;
  };
  const hides = lie === "half" || lie === "empty" || lie === "wrong-total";
  if (hides && (world.moved.size > 0 || side.serials().some(isOpen))) return failing;
  const odd = (id: string) => (side.serialOf(id) ?? 0) % 2 === 0;
  switch (lie) {
    case "failing-page":
      return failing;
    case "looping":
      return { lie, page: 1 };
    case "doubled":
      return { lie: "doubled-rows" };
    case "wrong-total":
      return { lie: "missing-rows", ids: odd, totals: "true" };
    case "half":
      return { lie: "missing-rows", ids: odd };
    case "empty":
      return { lie: "empty" };
  }
}
