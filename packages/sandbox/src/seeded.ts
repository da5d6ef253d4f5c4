/**
 * Randomness that depends on nothing but a seed and names: the same seed gives the same catalogue, ids and tokens in
 * every process, whatever order things are asked in.
 */
export interface Dice {
  /** A number in [0, 1) that is always the same for one trait of one thing. */
  fraction(trait: string, key: string): number;
  /** True for about `rate` of all keys. */
  happens(trait: string, key: string, rate: number): boolean;
  /** A whole number from 0 to `sides - 1`. */
  roll(trait: string, key: string, sides: number): number;
  /** One of the given values. */
  pick<T>(trait: string, key: string, values: readonly [T, ...T[]]): T;
  /** 22 base-62 characters, the form of Spotify's ids. */
  base62(trait: string, key: string): string;
  /** `length` lower-case hexadecimal characters. */
  hex(trait: string, key: string, length: number): string;
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** FNV-1a over UTF-16 units with murmur3's finalizer, whose avalanche keeps neighbouring keys apart. */
export function hash32(text: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function createDice(seed: number | string): Dice {
  const basis = hash32(`seed:${seed}`);
  const bits = (trait: string, key: string): number => hash32(key, hash32(trait, basis));
  const fraction = (trait: string, key: string): number => bits(trait, key) / 4_294_967_296;
  return {
    fraction,
    happens: (trait, key, rate) => fraction(trait, key) < rate,
    roll: (trait, key, sides) => Math.floor(fraction(trait, key) * sides),
    pick: (trait, key, values) => values[Math.floor(fraction(trait, key) * values.length)] ?? values[0],
    base62: (trait, key) => {
      let text = "";
      for (let block = 0; text.length < 22; block += 1) {
        // Five characters use 30 of a draw's 32 bits.
        let state = bits(trait, `${block}:${key}`);
        for (let place = 0; place < 5 && text.length < 22; place += 1) {
          text += BASE62.charAt(state % 62);
          state = Math.floor(state / 62);
        }
      }
      return text;
    },
    hex: (trait, key, length) => {
      let text = "";
      for (let block = 0; text.length < length; block += 1) {
        text += bits(trait, `${block}:${key}`).toString(16).padStart(8, "0");
      }
      return text.slice(0, length);
    },
  };
}
