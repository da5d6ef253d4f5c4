import type { Decision } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { World } from "./world.ts";

/** A book that knows the ids of all items that `decisions` speak of. */
export async function idsFor(context: RunContext, decisions: readonly Decision[], world: World): Promise<ItemIdBook> {
  const book = new ItemIdBook(context);
  for (const { origin, itemId } of world.seekers) book.learn(origin, itemId);
  for (const { seeker, toId } of world.found.values()) book.learn(seeker.origin === "a" ? "b" : "a", toId);
  for (const side of ["a", "b"] as const) {
    for (const entry of world[side].arrivals) if (entry.state === "listed") book.learn(side, entry.id);
  }
  const keys = decisions.flatMap(({ keys }) => keys);
  await book.openLinks(keys.filter((key) => world.stored.links.has(key)));
  return book;
}
