import type { World } from "../base/explore.ts";
import { perform } from "./perform.ts";
import { settle } from "./settle.ts";
import { type DocumentsHistory, documentsHistories, type Step } from "./steps.ts";
import { DocumentsModel } from "./world.ts";

/** Notes of two services: two-way with every policy for conflicts, and one-way. */
export const documents: World<Step, DocumentsHistory> = {
  name: "documents",
  histories: documentsHistories,
  async open(history) {
    const world = await DocumentsModel.open(history);
    return {
      perform: (step) => perform(world, step),
      end: () => settle(world),
      get runs() {
        return world.runs;
      },
    };
  },
};
