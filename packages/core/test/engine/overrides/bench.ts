import type { LibraryHabits } from "@syncer/testkit";
import type { Engine, PairReport, Row, SetOverrideOptions, SyncOptions } from "../../../src/index.ts";
import { only } from "../support/bench.ts";
import { TwoWayBench } from "../two-way/bench.ts";

export const ANNA = { userId: "user-1" } as const;
type Mode = "bidirectional" | "sync-from" | "sync-to";

/** Two libraries and somebody who knows better than the matcher. Both sides have exact probes. */
export class OverrideBench extends TwoWayBench {
  readonly #mode: Mode;
  readonly #options: SyncOptions;
  readonly #own: Engine;

  constructor(mode: Mode = "bidirectional", options: SyncOptions = {}, habits: Partial<LibraryHabits> = {}) {
    super({ left: { probe: "exact", ...habits }, right: { probe: "exact", ...habits } });
    this.#mode = mode;
    this.#options = options;
    this.#own = this.engine();
  }

  get own(): Engine {
    return this.#own;
  }

  /** @param verdict `same` or `different`, of an item of the left and one of the right */
  async say(verdict: "same" | "different", left: string, right: string, options: SetOverrideOptions = {}) {
    const items = { serviceA: "left", idA: left, serviceB: "right", idB: right } as const;
    return await this.#own.overrides.set({ ...ANNA, verdict, ...items, ...options });
  }

  async alone(service: "left" | "right", id: string) {
    const to = service === "left" ? "right" : "left";
    return await this.#own.overrides.set({ ...ANNA, verdict: "none", service, id, to });
  }

  async run(): Promise<PairReport> {
    return only(await this.#own.sync(this.request(this.#options, this.#mode)));
  }

  async plan() {
    const [plan] = (await this.#own.plan(this.request(this.#options, this.#mode))).pairs;
    if (!plan?.ok) throw new Error("the pair can be planned");
    return plan;
  }

  /** Links that say something, as `left=right state`; a side without an item is `-`. */
  async links(): Promise<readonly string[]> {
    const rows = await this.storage.select({ table: "links", orderBy: ["link_key"] });
    const shown = ({ source_id, target_id, state }: Row<"links">) => `${source_id ?? "-"}=${target_id ?? "-"} ${state}`;
    return rows.filter(({ state }) => state !== "dropped").map(shown);
  }

  /** Requests to the right's catalogue so far: lookups, searches, items by id. */
  get asked(): number {
    const { lookup = 0, search = 0, get = 0 } = this.right.calls;
    return lookup + search + get;
  }

  /** Listings of both sides so far. */
  get listed(): number {
    return (this.left.calls.list ?? 0) + (this.right.calls.list ?? 0);
  }
}
