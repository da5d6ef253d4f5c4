import type { EngineParts } from "../engine-parts.ts";
import type { ImportOverridesResult, SetOverrideResult } from "../overrides/change-overrides.ts";
import type { MatchOverride, OverrideInfo, OverridesExport } from "../overrides/override-form.ts";
import type { PairOwner } from "../requests/pairs.ts";

export interface SetOverrideOptions {
  /**
   * Of `same`: what is the same as either item already stays so, so that several items of one service share one of the
   * other. Default `false`: it is replaced.
   */
  readonly alongside?: boolean;
}

export interface ListOverrides extends PairOwner {
  /** At most so many; default 100. */
  readonly limit?: number;
  /** Only those behind this one, in the order of their making. */
  readonly after?: string;
}

export interface OverrideRef extends PairOwner {
  readonly overrideId: string;
}

/** Few processes of a host decide anything. */
const loadCalls = () => import("../overrides/override-calls.ts");

/**
 * What people have decided about matches, as ids [MAT-4]. Asked before the matcher, in both directions, in every pair of
 * the two services; the next run of each does what follows. Goes with the user, and with the last connection to a service.
 */
export class Overrides {
  readonly #parts: EngineParts;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Decides about two items, or about one and a service that has none for it. Deciding again replaces; what cannot
   * stand beside the new decision goes, and is told.
   * @throws {InvalidRequestError} `service.unknown`; `request.invalid` with the place
   */
  async set(request: PairOwner & MatchOverride & SetOverrideOptions): Promise<SetOverrideResult> {
    return await (await loadCalls()).set(this.#parts, request);
  }

  /** In the order of their making. */
  async list(request: ListOverrides): Promise<OverrideInfo[]> {
    return await (await loadCalls()).list(this.#parts, request);
  }

  /**
   * Takes a decision back: the matcher decides again.
   * @throws {InvalidRequestError} `override.unknown`, also for another user's
   */
  async remove(ref: OverrideRef): Promise<void> {
    await (await loadCalls()).remove(this.#parts, ref);
  }

  /** All of a user's decisions, as JSON. */
  async export(owner: PairOwner): Promise<OverridesExport> {
    return await (await loadCalls()).exportAll(this.#parts, owner);
  }

  /**
   * Takes over what was exported, here or elsewhere; at most 10,000 at once. All of it, or nothing if some of it is
   * wrong. What is there and cannot stand beside it goes, and is told.
   * @throws {InvalidRequestError} `request.invalid` with the place: no such format or version, or a contradiction within
   */
  async import(request: PairOwner & { readonly data: OverridesExport }): Promise<ImportOverridesResult> {
    return await (await loadCalls()).importAll(this.#parts, request);
  }
}
