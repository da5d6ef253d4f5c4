import type { PairReport } from "@syncer/core";
import { PairOracle } from "./oracle.ts";
import { otherThan, type Side, type SideIndex } from "./side.ts";
import type { Mode } from "./steps.ts";
import type { Way } from "./table.ts";

interface Settings {
  readonly mode: Mode;
  readonly propagation: "additive" | "mirror";
}

/** A pair as a host knows it: what it asks for, and what it was told last. */
export class ModelPair {
  readonly sides: readonly [Side, Side];
  readonly oracle: PairOracle;
  #wanted: Settings;
  /** The settings of the last run, or of the beginning. */
  #used: Settings;
  #isStored = false;
  /** The last run was held, and nothing has been run since. */
  held: PairReport | undefined;
  /** What a person has confirmed and no run has carried out yet: ids of what may be removed. */
  confirmed: ReadonlySet<string> | undefined;
  /** A killed process may hold it until then. */
  leasedUntilMs = Number.NEGATIVE_INFINITY;
  /** A service asked for quiet until then. */
  quietUntilMs = Number.NEGATIVE_INFINITY;

  /** @param sides the source and the target */
  constructor(sides: readonly [Side, Side], settings: Settings) {
    this.sides = sides;
    this.#wanted = settings;
    this.#used = settings;
    this.oracle = new PairOracle(sides, wayOf(settings), readFirst(settings));
  }

  request() {
    const { mode, propagation } = this.#wanted;
    const [source, target] = this.sides;
    return {
      userId: "user-1",
      type: "favorites" as const,
      pairs: [{ source: source.library.name, target: target.library.name, mode }],
      options: mode === "bidirectional" ? {} : { propagation },
    };
  }

  change(settings: Settings): void {
    this.#wanted = settings;
  }

  /** Before a run: what was changed since the last one holds now. */
  use(): void {
    const [used, wasStored] = [this.#used, this.#isStored];
    const { mode } = this.#wanted;
    // Two-way, there is nothing to choose: what was chosen before stays.
    const propagation = this.isTwoWay ? used.propagation : this.#wanted.propagation;
    this.#used = { mode, propagation };
    this.#isStored = true;
    if (used.mode === mode && used.propagation === propagation) return;
    this.oracle.changeWay(wayOf(this.#used), readFirst(this.#used), wasStored);
  }

  get isTwoWay(): boolean {
    return this.#wanted.mode === "bidirectional";
  }

  /** The side that a planned operation writes, and the id that it has there. */
  written(operation: {
    readonly on?: "source" | "target";
    readonly fromId?: string;
    readonly toId?: string;
  }): { readonly side: Side; readonly id: string } | undefined {
    const { on, fromId, toId } = operation;
    if (on === undefined) return undefined;
    const index: SideIndex = on === "source" ? 0 : 1;
    const id = index === readFirst(this.#used) ? fromId : toId;
    return id === undefined ? undefined : { side: this.sides[index], id };
  }

  otherThan(side: Side): Side {
    return this.sides[otherThan(side.index)];
  }
}

function wayOf({ mode, propagation }: Settings): Way {
  return mode === "bidirectional" ? "two-way" : propagation;
}

/** From one to the other, the one that is never written is read first. */
function readFirst({ mode }: Settings): SideIndex {
  return mode === "sync-to" ? 1 : 0;
}
