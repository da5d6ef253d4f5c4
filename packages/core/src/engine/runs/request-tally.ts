import type { RequestPurpose } from "../../contract/index.ts";
import { RunError } from "../../errors/index.ts";
import type { RequestMeter } from "../../transport/types.ts";
import type { RequestCounts } from "../reports/report.ts";

/** Counts the requests of one side of one run, and lets no more than so many go out. */
export class RequestTally implements RequestMeter {
  readonly #limit: number;
  readonly #counts: { [P in RequestPurpose]?: number } = {};
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Called before a request is sent. @throws {RunError} `run.bound-exceeded`; the request is not sent then */
  count(purpose: RequestPurpose): void {
    if (this.#total >= this.#limit) {
      throw new RunError("run.bound-exceeded", { bound: "requests", limit: this.#limit });
    }
    this.#total++;
    this.#counts[purpose] = (this.#counts[purpose] ?? 0) + 1;
  }

  snapshot(): RequestCounts {
    return { ...this.#counts };
  }
}
