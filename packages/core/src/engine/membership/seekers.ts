import { mappingOf } from "../../contract/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import { type LinkSet, linkKey } from "../links/links.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { type OpenSide, type RunContext, sideOf } from "../runs/run-context.ts";
import { membershipOf, type SideReading } from "./read-side.ts";
import type { Seeker } from "./resolve.ts";

export interface Seekers {
  readonly seekers: readonly Seeker[];
  readonly unsyncable: readonly UnmatchedItem[];
}

/** The entries of one side that need a counterpart on the other, and those that can have none. */
export function seekersOn(
  context: RunContext,
  letter: SideLetter,
  { arrivals }: SideReading,
  { links }: LinkSet,
  due: ReadonlySet<string>,
  inVain: ReadonlySet<string>,
): Seekers {
  const open = sideOf(context, letter);
  const toItem = mappingOf(open.provider, membershipOf(context, open).kind);
  const seekers: Seeker[] = [];
  const unsyncable: UnmatchedItem[] = [];
  for (const entry of arrivals) {
    if (entry.state === "listed") {
      const storedId = open.ids.key(entry.id);
      if (inVain.has(storedId)) {
        unsyncable.push(unsyncableItem(open, entry));
        continue;
      }
      const key = linkKey(open.side, storedId);
      const link = links.get(key);
      if (link?.state === "pending") continue;
      const heldOnly = link !== undefined && !due.has(key);
      seekers.push({ key, origin: letter, itemId: entry.id, item: toItem(entry.native), heldOnly });
    } else unsyncable.push(unsyncableItem(open, entry));
  }
  return { seekers, unsyncable };
}

function unsyncableItem(open: OpenSide, entry: SideReading["arrivals"][number]): UnmatchedItem {
  return {
    side: open.side,
    // Such ids can spell out titles; they are shown to people, never stored.
    itemId: entry.id ?? "",
    verdict: "unsyncable",
    reason: whyUnsyncable(open, entry),
    attempts: 0,
  };
}

function whyUnsyncable({ provider }: OpenSide, entry: SideReading["arrivals"][number]): Reason {
  if (entry.state === "listed") return reason("unsyncable.still-there", { at: provider.displayName });
  return reason(entry.state === "unsyncable" ? `unsyncable.${entry.reason}` : "unsyncable.unreadable", {});
}
