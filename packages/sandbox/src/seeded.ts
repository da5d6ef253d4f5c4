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
  return avalanche(hash);
}

function avalanche(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function createDice(seed: number | string): Dice {
  const basis = hash32(`seed:${seed}`);
  const traitBases = new Map<string, number>();
  const bits = (trait: string, key: string): number => {
    let traitBasis = traitBases.get(trait);
    if (traitBasis === undefined) {
      traitBasis = hash32(trait, basis);
      traitBases.set(trait, traitBasis);
    }
    return hash32(key, traitBasis);
  };
  /** As many draws for one key as a text needs, from 64 bits of state so that ids do not collide. */
  const block = (first: number, second: number, index: number): number =>
    avalanche((first + Math.imul(index, 0x9e3779b9)) ^ avalanche(second + index));
  const fraction = (trait: string, key: string): number => bits(trait, key) / 4_294_967_296;
  return {
    fraction,
    happens: (trait, key, rate) => fraction(trait, key) < rate,
    roll: (trait, key, sides) => Math.floor(fraction(trait, key) * sides),
    pick: (trait, key, values) => values[Math.floor(fraction(trait, key) * values.length)] ?? values[0],
    base62: (trait, key) => {
      const [first, second] = [bits(trait, key), bits(`${trait}'`, key)];
      let text = "";
      for (let index = 0; text.length < 22; index += 1) {
        // Five characters use 30 of a draw's 32 bits.
        let state = block(first, second, index);
        for (let place = 0; place < 5 && text.length < 22; place += 1) {
          text += BASE62.charAt(state % 62);
          state = Math.floor(state / 62);
        }
      }
      return text;
    },
    hex: (trait, key, length) => {
      const [first, second] = [bits(trait, key), bits(`${trait}'`, key)];
      let text = "";
      for (let index = 0; text.length < length; index += 1) {
        text += block(first, second, index).toString(16).padStart(8, "0");
      }
      return text.slice(0, length);
    },
  };
}
