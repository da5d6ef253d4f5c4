import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTenantHashes, keyring } from "../../../src/crypto/index.ts";
import { baseOf, type SeenDocument } from "../../../src/engine/documents/seen-document.ts";
import { matchesBase } from "../../../src/engine/documents/side-state.ts";
import { Unclaimed } from "../../../src/engine/documents/unclaimed.ts";
import { memoryStorage, systemRandom } from "../../../src/ports/index.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const hasher = await createTenantHashes({
  storage: memoryStorage(),
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
  random: systemRandom,
  clock: virtualClock(),
}).forTenant("acme");

function seen(id: string, fields: Readonly<Record<string, string | readonly string[]>>): SeenDocument {
  return { id, native: fields, item: fields, canonical: new Map(Object.entries(fields)) };
}

const word = fc.constantFrom("x", "y");
const fields = fc.record({ body: word, tags: fc.uniqueArray(word), title: word }, { requiredKeys: [] });

describe("documents that no link knows", () => {
  it("are claimed, each once, by the first in the order of ids that is what the base says", () => {
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 10 }), fc.array(fields, { maxLength: 10 }), (shown, gone) => {
        const documents = new Map(shown.map((each, index) => [`n${9 - index}`, seen(`n${9 - index}`, each)]));
        const left = new Map(documents);
        const unclaimed = new Unclaimed(hasher, documents);
        for (const each of gone) {
          const base = baseOf(hasher, seen("old", each));
          const expected = [...left.keys()].sort().find((id) => {
            const candidate = left.get(id);
            return candidate !== undefined && matchesBase(hasher, base, candidate);
          });
          expect(unclaimed.claim(base)).toBe(expected);
          if (expected !== undefined) left.delete(expected);
        }
      }),
    );
  });

  it("are hashed once each, however many are looked for", () => {
    let hashes = 0;
    const counting = {
      ...hasher,
      hash: (purpose: string, text: string) => {
        hashes++;
        return hasher.hash(purpose, text);
      },
    };
    const note = (n: number) => seen(`n${n}`, { body: "the same", title: `${n}` });
    const count = 500;
    const documents = new Map(Array.from({ length: count }, (_, n) => [`n${n}`, note(n)]));
    const unclaimed = new Unclaimed(counting, documents);
    for (let n = count - 1; n >= 0; n--) expect(unclaimed.claim(baseOf(hasher, note(n)))).toBe(`n${n}`);
    expect(hashes).toBe(2 * count);
  });
});
