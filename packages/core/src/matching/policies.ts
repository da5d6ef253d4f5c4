import { ConfigurationError, type ConfigurationProblem } from "../errors/index.ts";

/** How sure a match has to be; see {@link strictnessBounds}. */
export type Strictness = "strict" | "balanced" | "lenient";

/**
 * What a host lets stand for what. The defaults take the same recording only; every policy that takes more does so with
 * less confidence, and only where nothing equal is offered.
 */
export interface MatchPolicies {
  /**
   * What a different explicit flag means. `prefer-equal` (default): lower confidence, and an equal copy is taken if
   * there is one; `require-equal` (default of `strict`): another recording; `any`: nothing. An unknown flag is never a
   * difference.
   */
  readonly explicit?: "prefer-equal" | "require-equal" | "any";
  /**
   * What a remaster is. `same` (default): the same recording, an equal year decides between copies that are equal in
   * code and album; `prefer-equal`: the same recording, an equal year decides before code and album; `require-equal`:
   * another recording where only one side is marked as a remaster or the years differ.
   */
  readonly remaster?: "same" | "prefer-equal" | "require-equal";
  /**
   * `refuse` (default): a live take is another recording; `accept`: it may stand for the studio recording and for
   * another live take. The length says nothing then.
   */
  readonly live?: "refuse" | "accept";
  /**
   * `refuse` (default): another artist is another recording; `accept-labelled`: what says that it is a cover or a
   * tribute may stand for the original, if more than the title agrees (length or album).
   */
  readonly cover?: "refuse" | "accept-labelled";
  /** `avoid` (default): of equal copies, one on an album or a single is taken before one on a compilation; `any`: not. */
  readonly compilation?: "avoid" | "any";
}

/** The policies with their defaults filled in. */
export interface ResolvedPolicies extends Required<MatchPolicies> {
  /** Version tags that may be on one side only. */
  readonly accepted: ReadonlySet<string>;
}

/** The lowest confidence of a match, and the lowest that is worth showing to a person. */
export const strictnessBounds: {
  readonly [S in Strictness]: { readonly threshold: number; readonly uncertainFrom: number };
} = {
  strict: { threshold: 0.9, uncertainFrom: 0.5 },
  balanced: { threshold: 0.8, uncertainFrom: 0.5 },
  lenient: { threshold: 0.65, uncertainFrom: 0.4 },
};

/** How sure a match has to be, of items of whatever kind. */
export interface MatchBounds {
  /** A preset for what is left out here: `strict` 0.9, `balanced` (default) 0.8, `lenient` 0.65 as threshold. */
  readonly strictness?: Strictness;
  /** The lowest confidence of a match, above 0 and at most 1; by default what the strictness says. */
  readonly threshold?: number;
  /** The lowest confidence worth showing to a person, not above the threshold; 0.5 by default, 0.4 if `lenient`. */
  readonly uncertainFrom?: number;
}

export interface MatcherOptions extends MatchPolicies, MatchBounds {}

/** @throws {ConfigurationError} an unknown strictness, a bound outside 0..1, or `uncertainFrom` above `threshold` */
export function boundsOf(options: MatchBounds): { readonly threshold: number; readonly uncertainFrom: number } {
  const { problems, threshold, uncertainFrom } = readMatcherOptions(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { threshold, uncertainFrom };
}

const liveTags = ["live", "unplugged", "session"];
const coverTags = ["cover", "tribute"];

export function resolvePolicies(options: MatcherOptions): ResolvedPolicies {
  const { remaster = "same", live = "refuse", cover = "refuse", compilation = "avoid" } = options;
  const explicit = options.explicit ?? (options.strictness === "strict" ? "require-equal" : "prefer-equal");
  const accepted = new Set([...(live === "accept" ? liveTags : []), ...(cover === "accept-labelled" ? coverTags : [])]);
  return { explicit, remaster, live, cover, compilation, accepted };
}

/** What each policy may be, the words that a request and a pair use. */
export const policyChoices = {
  strictness: ["strict", "balanced", "lenient"],
  explicit: ["prefer-equal", "require-equal", "any"],
  remaster: ["same", "prefer-equal", "require-equal"],
  live: ["refuse", "accept"],
  cover: ["refuse", "accept-labelled"],
  compilation: ["avoid", "any"],
} as const satisfies { readonly [K in keyof MatcherOptions]?: readonly MatcherOptions[K][] };

/** What is wrong with options for a matcher, whoever gave them; with their bounds if nothing is. */
export function readMatcherOptions(
  options: MatcherOptions,
  path = "",
): { readonly problems: readonly ConfigurationProblem[]; readonly threshold: number; readonly uncertainFrom: number } {
  if (typeof options !== "object" || options === null) {
    const problem = {
      path: path || "matching",
      expected: "an object of options",
      fix: "Leave it out for the defaults.",
    };
    return { problems: [problem], ...strictnessBounds.balanced };
  }
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  const problems: ConfigurationProblem[] = [];
  for (const [name, allowed] of Object.entries(policyChoices)) {
    const given: unknown = options[name as keyof typeof policyChoices];
    if (given !== undefined && !(allowed as readonly unknown[]).includes(given)) {
      problems.push({ path: at(name), expected: `one of ${allowed.join(", ")}`, fix: "Leave it out for the default." });
    }
  }
  const preset = strictnessBounds[options.strictness ?? "balanced"] ?? strictnessBounds.balanced;
  const threshold = options.threshold ?? preset.threshold;
  const uncertainFrom = options.uncertainFrom ?? Math.min(preset.uncertainFrom, threshold);
  const isSound = isShare(threshold);
  if (!isSound) {
    const fix = `Leave it out for ${preset.threshold}.`;
    problems.push({ path: at("threshold"), expected: "a number above 0 and at most 1", fix });
  }
  const given = options.uncertainFrom;
  if (given !== undefined && (!isShare(given) || (isSound && given > threshold))) {
    const fix = `Leave it out for ${preset.uncertainFrom}.`;
    problems.push({ path: at("uncertainFrom"), expected: "a number above 0 and at most the threshold", fix });
  }
  return { problems, threshold, uncertainFrom };
}

const isShare = (value: unknown): boolean => typeof value === "number" && value > 0 && value <= 1;
