import type { Lagging } from "./lagging.ts";
import type { SavedList } from "./saved-list.ts";
import { type SeedDates, seedDates } from "./seeding.ts";

/** As much of a world as changing a user's lists needs. */
interface ListWorld {
  readonly clock: { now(): number };
  readonly settings: { readonly staleReadsMs: number };
  nextCall(): number;
}

/** What a user does to saved things in the service's own application. */
export function libraryOf(worldNow: () => ListWorld) {
  const change = (list: Lagging<SavedList>, by: (entries: SavedList) => void): void => {
    const { clock, settings } = worldNow();
    list.change(clock.now(), settings.staleReadsMs, by);
  };
  return {
    /** Saves ids, newest first. @returns them in that order */
    save(list: Lagging<SavedList>, ids: readonly string[], dates: SeedDates = {}): readonly string[] {
      const world = worldNow();
      const times = seedDates(ids.length, world.clock.now(), dates);
      const callNumber = world.nextCall();
      change(list, (entries) => {
        for (const [index, id] of ids.entries()) {
          entries.add({ id, addedAtMs: times[index] ?? 0, order: callNumber + 1 - index / (ids.length + 1) });
        }
      });
      return ids;
    },
    unsave(list: Lagging<SavedList>, ids: readonly string[]): void {
      change(list, (entries) => {
        for (const id of ids) entries.remove(id);
      });
    },
    /** Newest first. */
    saved(list: Lagging<SavedList>): readonly string[] {
      return list.current
        .oldestFirst()
        .map(({ id }) => id)
        .toReversed();
    },
  };
}
