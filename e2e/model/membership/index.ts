import type { World } from "../base/explore.ts";
import { perform } from "./perform.ts";
import { settle } from "./settle.ts";
import { type MembershipHistory, membershipHistories, type Step } from "./steps.ts";
import { MembershipWorld } from "./world.ts";

/** References of two services: two-way, one-way, and from one to the other. */
export const membership: World<Step, MembershipHistory> = {
  name: "membership",
  histories: membershipHistories,
  async open(history) {
    const world = await MembershipWorld.open(history);
    return {
      perform: (step) => perform(world, step),
      end: () => settle(world),
      get runs() {
        return world.runs;
      },
    };
  },
};
