import { numbersFrom } from "../base/chance.ts";
import type { WorldShare } from "../worlds.ts";

/** As many steps as are looked at under one seed, so that what a long run found can be repeated in seconds. */
export const SLICE_STEPS = 10_000;

/** A part of a long run that stands for itself: world, seed and steps decide all that happens in it. */
export interface Slice {
  readonly world: string;
  readonly seed: number;
  /** At least so many; its last history is lived to its end. */
  readonly steps: number;
}

/**
 * Shares steps out among worlds, and cuts the share of each into slices. The first slice of a world has the given seed, so
 * that a slice can be asked for by the seed and steps that stand in a report.
 */
export function slicesOf(worlds: readonly WorldShare[], seed: number, steps: number): readonly Slice[] {
  const shares = worlds.reduce((sum, { share }) => sum + share, 0);
  return worlds.flatMap(({ world, share }) => cut(world.name, seed, Math.ceil((steps * share) / shares)));
}

function cut(world: string, seed: number, steps: number): readonly Slice[] {
  // Other numbers than those that decide the histories of the first slice.
  const next = numbersFrom(seed ^ 0x51ce5eed);
  return Array.from({ length: Math.ceil(steps / SLICE_STEPS) }, (_, index) => ({
    world,
    seed: index === 0 ? seed : next(),
    steps: Math.min(SLICE_STEPS, steps - index * SLICE_STEPS),
  }));
}
