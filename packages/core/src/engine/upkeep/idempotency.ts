import type { EngineParts } from "../engine-parts.ts";
import type { OnceAnswer, OnceRequest, OnceResult } from "../requests/once.ts";
import type { UnderWay } from "../runs/under-way.ts";

/**
 * Requests that count once, however often they are sent: for layers that take requests from outside, such as `@syncer/http`.
 * Answers are kept for a day, sealed.
 */
export class Idempotency {
  readonly #parts: EngineParts;
  readonly #underWay: UnderWay;

  constructor(parts: EngineParts, underWay: UnderWay) {
    this.#parts = parts;
    this.#underWay = underWay;
  }

  /**
   * Does what is asked for, or gives the answer that it was given before under the same key.
   * @param act what it throws, and answers of 400 and above, count as not done: the same key may try again
   * @throws {InvalidRequestError} `request.key-reused`: the key was used for another request; `request.under-way`: the same one is
   *   being done right now, for a minute at most
   */
  async once(request: OnceRequest, act: () => Promise<OnceAnswer>): Promise<OnceResult> {
    this.#underWay.assertOpen();
    const { once } = await import("../requests/once.ts");
    return await this.#underWay.track(once(this.#parts, request, act));
  }
}
