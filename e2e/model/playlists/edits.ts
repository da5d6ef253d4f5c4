import type { Entry, Shelf, ShelvedList } from "./shelf.ts";
import { songsOf } from "./songs.ts";
import type { Edit } from "./steps.ts";

/** What becomes of a list when somebody edits it, and how many entries that touches. */
export function edited(
  shelf: Shelf,
  list: ShelvedList,
  edits: readonly Edit[],
  isLarge: boolean,
): { readonly entries: readonly Entry[]; readonly touched: number } {
  let { entries } = list;
  let touched = 0;
  for (const edit of edits) {
    const after = afterOne(shelf, entries, edit, isLarge);
    if (!after) continue;
    entries = after;
    touched++;
  }
  return { entries, touched };
}

/** `undefined`: the service does not let it be done. */
function afterOne(shelf: Shelf, entries: readonly Entry[], edit: Edit, isLarge: boolean): readonly Entry[] | undefined {
  const { maxItems = Number.POSITIVE_INFINITY, copies, moves } = shelf.habits;
  switch (edit.kind) {
    case "add": {
      const songs = songsOf(shelf.index, isLarge);
      const id = shelf.idOf(songs[edit.song % songs.length] ?? 0);
      const isThere = entries.some((entry) => entry.id === id);
      if (entries.length >= maxItems || shelf.withdrawn.has(id) || (isThere && copies === "once")) return undefined;
      return entries.toSpliced(edit.at % (entries.length + 1), 0, shelf.newEntry("song", id));
    }
    case "odd": {
      // A service that orders a list by ids shows one for each entry.
      if (entries.length >= maxItems || (edit.what === "void" && moves === "whole-order")) return undefined;
      return entries.toSpliced(edit.at % (entries.length + 1), 0, shelf.newEntry(edit.what, null));
    }
    case "remove": {
      const entry = shown(shelf, entries, edit.at);
      return entry && entries.filter((each) => each !== entry);
    }
    case "move": {
      const entry = shown(shelf, entries, edit.from);
      if (!entry || entries.length < 2) return undefined;
      const rest = entries.filter((each) => each !== entry);
      const after = rest.toSpliced(edit.to % entries.length, 0, entry);
      return after.every((each, at) => each === entries[at]) ? undefined : after;
    }
  }
}

/** The n-th of those that can be seen. */
function shown(shelf: Shelf, entries: readonly Entry[], n: number): Entry | undefined {
  const visible = shelf.visible({ entries });
  return visible[n % Math.max(1, visible.length)];
}
