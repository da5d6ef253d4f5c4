import type { Random } from "@syncer/core";

/** Numbers in [0, 2^32) that a seed decides (SplitMix32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** The engine's randomness, decided by a seed, so that a history repeats to the last byte. */
export function seededRandom(seed: number): Random {
  const next = numbersFrom(seed);
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
    uniform: () => next() / 2 ** 32,
  };
}
