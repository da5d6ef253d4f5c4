import fc from "fast-check";
import type { World } from "../base/explore.ts";
import { places } from "../documents/notes.ts";
import { perform } from "../documents/perform.ts";
import { settle } from "../documents/settle.ts";
import { type DocumentsHistory, documentsHistories, type Habits, type Step } from "../documents/steps.ts";
import { DocumentsModel } from "../documents/world.ts";

export interface DeltasHistory extends DocumentsHistory {
  /** After so many steps, and again and again, services refuse all tokens that they have given. */
  readonly tokensLast: number;
}

const tellers = fc.constantFrom<readonly [boolean, boolean]>([true, true], [true, true], [true, false], [false, true]);

/** Steps and services as in the world of documents, of which one or both tell what has changed since a token. */
const deltasHistories: fc.Arbitrary<DeltasHistory> = fc
  .tuple(documentsHistories, tellers, fc.constantFrom(2, 5, 11, 1_000))
  .map(([history, tells, tokensLast]) => {
    const [source, target] = history.habits;
    const habits = [told(source, tells[0]), told(target, tells[1])] as const;
    return { ...history, habits, tokensLast };
  });

function told(habits: Habits, isTold: boolean): Habits {
  return isTold ? { ...habits, deltas: "told" } : habits;
}

/** Notes of two services that are read by deltas: nothing may become of them that does not by listings. */
export const deltas: World<Step, DeltasHistory> = {
  name: "deltas",
  histories: deltasHistories,
  async open(history) {
    const world = await DocumentsModel.open(history);
    let steps = 0;
    return {
      perform: (step) => {
        steps += 1;
        if (steps % history.tokensLast === 0) for (const place of places) world.sides[place].documents.expireTokens();
        return perform(world, step);
      },
      end: () => settle(world),
      get runs() {
        return world.runs;
      },
    };
  },
};
