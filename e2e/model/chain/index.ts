import type { World } from "../base/explore.ts";
import { perform } from "./perform.ts";
import { settle } from "./settle.ts";
import { type ChainHistory, chainHistories, type Step } from "./steps.ts";
import { ChainWorld } from "./world.ts";

/** References of three services in two pairs or in a ring of three. */
export const chain: World<Step, ChainHistory> = {
  name: "chain",
  histories: chainHistories,
  async open(history) {
    const world = await ChainWorld.open(history);
    if (history.inStep) await settle(world);
    return {
      perform: (step) => perform(world, step),
      end: () => settle(world),
      get runs() {
        return world.runs;
      },
    };
  },
};
