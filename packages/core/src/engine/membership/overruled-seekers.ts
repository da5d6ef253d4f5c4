import type { Flipped } from "../overrides/overruled.ts";
import { reason } from "../plans/reasons.ts";
import type { RunContext } from "../runs/run-context.ts";
import { notFound } from "./catalogue-search.ts";
import type { Resolution, Seeker } from "./resolve.ts";

/** What the user decided, as the search for counterparts asks it: A has the seekers, B is where they look. */
export interface SearchRules {
  readonly overruled: Flipped;
  /** The ids on B behind stored keys that decisions name. */
  open(keys: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}

/** Whether an item of the other side may be the counterpart; absent where everything may. */
export type Allowed = ((toId: string) => boolean) | undefined;

export interface DecidedSeekers {
  readonly resolutions: readonly Resolution[];
  /** Those whose counterpart the user did not name. */
  readonly open: readonly { readonly seeker: Seeker; readonly allowed: Allowed }[];
}

/**
 * Asks the user's decisions first. What the user named is taken as it is, without a request, and what is there already
 * before what would have to be added.
 */
export async function decideSeekers(
  context: RunContext,
  seekers: readonly Seeker[],
  { overruled, open }: SearchRules,
  has: (toId: string) => boolean,
): Promise<DecidedSeekers> {
  if (overruled.isEmpty) return { resolutions: [], open: seekers.map((seeker) => ({ seeker, allowed: undefined })) };
  const { from, to } = context;
  const keyed = seekers.map((seeker) => {
    const key = from.ids.key(seeker.itemId);
    return { seeker, key, same: overruled.sameAs("a", key) };
  });
  const ids = await open(keyed.flatMap(({ same }) => same));
  const resolutions: Resolution[] = [];
  const left: DecidedSeekers["open"][number][] = [];
  for (const { seeker, key, same } of keyed) {
    if (overruled.isAlone("a", key)) {
      const why = reason("unmatched.by-override", { to: to.provider.displayName });
      if (!seeker.heldOnly) resolutions.push(notFound(seeker, "by-override", why));
    } else if (same.length > 0) {
      const named = same.flatMap((each) => ids.get(each) ?? []);
      const toId = named.find(has) ?? (seeker.heldOnly ? undefined : named[0]);
      if (toId !== undefined) resolutions.push(byOverride(seeker, toId));
    } else left.push({ seeker, allowed: (id) => !overruled.forbids(key, to.ids.key(id)) });
  }
  return { resolutions, open: left };
}

function byOverride(seeker: Seeker, toId: string): Resolution {
  const match = { by: "override", confidence: 1, reason: reason("match.by-override", {}) } as const;
  return { found: true, seeker, toId, match };
}
