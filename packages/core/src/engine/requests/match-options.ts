import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { MatchPolicies, Strictness } from "../../matching/index.ts";
import { policyChoices, strictnessBounds } from "../../matching/policies.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairRow } from "../runs/run-context.ts";

/** What a pair lets stand for what, in place of what the engine was given as `matching`; of tracks only. */
export interface PairPolicies extends MatchPolicies {
  readonly strictness?: Strictness;
}

/** How a pair is matched. Absent fields keep what the pair has, or what the engine was given for a new one. */
export interface MatchOptions extends PairPolicies {
  /** The same as `matchThreshold`. By default what the strictness says, where that is given. */
  readonly threshold?: number;
}

const names = Object.keys(policyChoices) as (keyof typeof policyChoices)[];

export const matchSchema = z.strictObject({
  threshold: z.number().gt(0).lte(1).optional(),
  strictness: z.enum(policyChoices.strictness).optional(),
  explicit: z.enum(policyChoices.explicit).optional(),
  remaster: z.enum(policyChoices.remaster).optional(),
  live: z.enum(policyChoices.live).optional(),
  cover: z.enum(policyChoices.cover).optional(),
  compilation: z.enum(policyChoices.compilation).optional(),
});

interface Asked {
  readonly matchThreshold?: number;
  readonly match?: MatchOptions;
}

/** @throws {InvalidRequestError} two thresholds that differ */
export function assertOneThreshold({ matchThreshold, match }: Asked): void {
  if (matchThreshold === undefined || match?.threshold === undefined || match.threshold === matchThreshold) return;
  const problem = "it differs from matchThreshold, which is the same thing; give one of them";
  throw new InvalidRequestError("request.invalid", { path: "request.options.match.threshold", problem });
}

/** The columns of a pair that say how it is matched, from what it has and what is asked for. */
export function matchSettings(
  { strictness }: Pick<EngineParts, "strictness">,
  stored: Pick<PairRow, "match_threshold" | "match_policies"> | undefined,
  { matchThreshold, match = {} }: Asked,
): Pick<PairRow, "match_threshold" | "match_policies"> {
  const { threshold = matchThreshold, ...policies } = match;
  const named = policies.strictness && strictnessBounds[policies.strictness].threshold;
  return {
    match_threshold: threshold ?? named ?? stored?.match_threshold ?? strictnessBounds[strictness].threshold,
    match_policies: encode({ ...decode(stored?.match_policies ?? null), ...policies }),
  };
}

/** What a pair was given of its own. */
export function policiesOf({ match_policies }: Pick<PairRow, "match_policies">): PairPolicies {
  return decode(match_policies);
}

/** As words of ours: `explicit=any live=accept`; null for none. */
function encode(policies: PairPolicies): string | null {
  const words = names.flatMap((name) => (policies[name] === undefined ? [] : [`${name}=${policies[name]}`]));
  return words.length === 0 ? null : words.join(" ");
}

/** What another release wrote and this one does not know is left out. */
function decode(text: string | null): PairPolicies {
  const words = new Map((text ?? "").split(" ").map((word) => word.split("=") as [string, string | undefined]));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = (policyChoices[name] as readonly string[]).find((choice) => choice === words.get(name));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
