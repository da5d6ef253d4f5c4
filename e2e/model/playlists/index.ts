import type { World } from "../base/explore.ts";
import { perform } from "./perform.ts";
import { settle } from "./settle.ts";
import { type PlaylistsHistory, playlistsHistories, type Step } from "./steps.ts";
import { PlaylistsWorld } from "./world.ts";

/** Playlists of two services: what lists there are, and what is in them in which order. */
export const playlists: World<Step, PlaylistsHistory> = {
  name: "playlists",
  histories: playlistsHistories,
  async open(history) {
    const world = await PlaylistsWorld.open(history);
    return {
      perform: (step) => perform(world, step),
      end: () => settle(world),
      get runs() {
        return world.runs;
      },
    };
  },
};
