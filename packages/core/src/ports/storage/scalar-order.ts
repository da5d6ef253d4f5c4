import type { Scalar } from "./storage-adapter.ts";

const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/**
 * Orders two well-formed strings by code point, which is the order of their UTF-8 bytes and of every database's binary
 * collation. JavaScript's own `<` compares UTF-16 units and puts an emoji before U+E000…U+FFFF.
 */
export function compareCodePoints(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index += 1) {
    const leftUnit = left.charCodeAt(index);
    const rightUnit = right.charCodeAt(index);
    if (leftUnit === rightUnit) continue;
    if (leftUnit < FIRST_SURROGATE || rightUnit < FIRST_SURROGATE) return leftUnit - rightUnit;
    const leftIsSurrogate = leftUnit <= LAST_SURROGATE;
    if (leftIsSurrogate === rightUnit <= LAST_SURROGATE) return leftUnit - rightUnit;
    return leftIsSurrogate ? 1 : -1;
  }
  return left.length - right.length;
}

/** Orders two values of one column as every adapter does: null first, then by code point or by size; false before true. */
export function compareScalars(left: Scalar, right: Scalar): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === "string" && typeof right === "string") return compareCodePoints(left, right);
  return Number(left) - Number(right);
}
