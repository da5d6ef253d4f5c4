import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../src/crypto/base64url.ts";

describe("base64url", () => {
  it("writes what Node's own encoder writes, and reads it back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads no text that it would not have written, so that one value has one text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AQgw_-zé+/= "), maxLength: 8 }), (text) => {
        const bytes = fromBase64url(text);
        if (bytes) expect(toBase64url(bytes)).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(["A", "AAAAA", "AB", "AAB", "AA==", "A+", "A/", "é0", "\u0000AAA"])("refuses %j", (text) => {
    expect(fromBase64url(text)).toBeUndefined();
  });
});
