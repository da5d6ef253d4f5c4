const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A duration as people write it: a whole number and its unit, as `90s`, `30m`, `6h`, `1d` or `2w`. */
export const DURATION = /^([1-9]\d{0,5})(s|m|h|d|w)$/;

/** @returns milliseconds */
export function readDuration(text: string): number {
  const [, number = "0", unit = "s"] = DURATION.exec(text) ?? [];
  return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** In the largest unit that divides it. */
export function writeDuration(ms: number): string {
  const [unit, size] = Object.entries(UNIT_MS)
    .reverse()
    .find(([, size]) => ms % size === 0) ?? ["s", UNIT_MS.s];
  return `${Math.max(1, Math.round(ms / size))}${unit}`;
}
