import type { RequestPurpose } from "../contract/index.ts";
import type { RequestMeter } from "../transport/types.ts";
import type { RequestCounts } from "./report.ts";

/** Counts the requests of one side of one run. */
export class RequestTally implements RequestMeter {
  readonly #counts: { [P in RequestPurpose]?: number } = {};

  count(purpose: RequestPurpose): void {
    this.#counts[purpose] = (this.#counts[purpose] ?? 0) + 1;
  }

  snapshot(): RequestCounts {
    return { ...this.#counts };
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, n) => sum + n, 0);
  }
}
