import type { ServiceName } from "../exchange.ts";
import { pathPattern } from "../route-table.ts";
import type { Fault, FaultRule } from "./fault.ts";

interface Entry {
  readonly rule: FaultRule;
  readonly pattern: RegExp;
  toPass: number;
  left: number;
  struck: number;
}

/** A planted fault, to look at or to take away. */
export interface PlantedFault {
  /** How many requests it has struck so far. */
  readonly struck: () => number;
  remove(): void;
}

/** The faults that wait for requests. Of several that match, the one planted first strikes. */
export class FaultBook {
  #entries: Entry[] = [];

  plant(rule: FaultRule): PlantedFault {
    if (rule.times !== undefined && rule.times !== null && !(rule.times >= 1)) {
      throw new RangeError(`FaultRule.times must be 1 or more, or null for always; it is ${rule.times}.`);
    }
    const left = rule.times === null ? Number.POSITIVE_INFINITY : (rule.times ?? 1);
    const entry = { rule, pattern: pathPattern(rule.path ?? "/**"), toPass: rule.after ?? 0, left, struck: 0 };
    this.#entries.push(entry);
    return {
      struck: () => entry.struck,
      remove: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  /** The fault that strikes this request, if any. */
  take(service: ServiceName, method: string, path: string): Fault | undefined {
    for (const entry of this.#entries) {
      const { rule } = entry;
      const methodFits = rule.method === undefined || rule.method.toUpperCase() === method;
      if (rule.service !== service || !methodFits || !entry.pattern.test(path)) continue;
      if (entry.toPass > 0) {
        entry.toPass -= 1;
        continue;
      }
      entry.left -= 1;
      entry.struck += 1;
      if (entry.left <= 0) this.#entries = this.#entries.filter((other) => other !== entry);
      return rule.fault;
    }
    return undefined;
  }

  clear(): void {
    this.#entries = [];
  }
}
