import { describe, expect, it } from "vitest";
import { createTenantHashes, keyring } from "../../../src/crypto/index.ts";
import type { DocumentLink } from "../../../src/engine/documents/document-links.ts";
import { knownVersions } from "../../../src/engine/documents/known-versions.ts";
import { versionHash } from "../../../src/engine/documents/seen-document.ts";
import { memoryStorage, systemRandom } from "../../../src/ports/index.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const hasher = await createTenantHashes({
  storage: memoryStorage(),
  encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(1) } }),
  random: systemRandom,
  clock: virtualClock(),
}).forTenant("acme");

const base = (version?: string) => ({
  checksum: "",
  fields: "",
  ...(version === undefined ? {} : { version: versionHash(hasher, version) }),
});

function link(changes: Partial<DocumentLink> = {}): DocumentLink {
  return {
    key: "l1",
    aId: "key of a1",
    bId: "key of b1",
    origin: "a",
    state: "linked",
    generation: 0,
    base: { a: base("va"), b: base("vb") },
    stale: { a: false, b: false },
    turns: 0,
    lastWritten: undefined,
    attempts: 0,
    retryAtMs: undefined,
    createdAtMs: 0,
    updatedAtMs: 0,
    ...changes,
  };
}

function knownOn(letter: "a" | "b", of: DocumentLink, conflicts: ReadonlyMap<string, unknown> = new Map()) {
  const stored = { links: new Map([[of.key, of]]), tombstones: new Map(), superseded: { a: new Set(), b: new Set() } };
  const ids = { key: (id: string) => `key of ${id}` };
  return knownVersions(stored as never, conflicts, letter, ids, hasher);
}

describe("a document that a delta tells of", () => {
  it("is known in the version in which both sides agreed, on each side its own", () => {
    const [a, b] = [knownOn("a", link()), knownOn("b", link())];
    expect([a("a1", "va"), b("b1", "vb")]).toEqual([true, true]);
    expect([a("a1", "vb"), b("b1", "va"), a("b1", "vb"), a("a2", "va")]).toEqual([false, false, false, false]);
  });

  it.each<[string, Partial<DocumentLink>]>([
    ["is in conflict", { state: "conflict" }],
    ["was refused", { state: "refused" }],
    ["has been stopped for going back and forth", { state: "oscillating" }],
    ["has rested and is due again", { retryAtMs: 1 }],
    ["has no counterpart yet", { bId: undefined }],
    ["has no version", { base: { a: base(), b: base() } }],
    ["was hashed in an older format", { base: { a: undefined, b: undefined } }],
  ])("is looked at whatever its version if it %s", (_, changes) => {
    expect(knownOn("a", link(changes))("a1", "va")).toBe(false);
  });

  it("is looked at if a conflict is on record that was not settled", () => {
    expect(knownOn("a", link(), new Map([["l1", {}]]))("a1", "va")).toBe(false);
  });
});
