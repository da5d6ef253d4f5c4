import { describe, expect, it } from "vitest";
import { createTenantHashes, type ItemIds, keyring, plainItemIds, sealedItemIds } from "../../src/crypto/index.ts";
import { memoryStorage } from "../../src/ports/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { seededRandom } from "./seeded-random.ts";

const encryption = keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(1) } });
const place = { table: "links", column: "source_sealed", owner: { tenant_id: "acme", pair_id: "pair_1" } } as const;

async function sealedFor(service: string): Promise<ItemIds> {
  const hashes = createTenantHashes({
    storage: memoryStorage(),
    encryption,
    random: seededRandom(1),
    clock: virtualClock(),
  });
  return sealedItemIds({ service, encryption, hasher: await hashes.forTenant("acme") });
}

const variants: [string, () => Promise<ItemIds>][] = [
  ["plain", async () => plainItemIds],
  ["sealed", () => sealedFor("files")],
];

describe.each(variants)("%s item ids", (_, create) => {
  it("give back what was stored, in the same order", async () => {
    const ids = await create();
    const list = Array.from({ length: 1_500 }, (_, index) => `track/${index % 1_000}`);
    const stored = await ids.seal(list, place);
    expect(await ids.open(stored, place)).toEqual(list);
  });

  it("find an id by its key, without storing anything", async () => {
    const ids = await create();
    const [stored] = await ids.seal(["jo@example.org"], place);
    expect(ids.key("jo@example.org")).toBe(stored?.key);
    expect(ids.key("ann@example.org")).not.toBe(stored?.key);
  });

  it("take an empty list", async () => {
    const ids = await create();
    expect(await ids.open(await ids.seal([], place), place)).toEqual([]);
  });
});

describe("sealed item ids", () => {
  it("show nothing of the id", async () => {
    const stored = await (await sealedFor("files")).seal(["jo@example.org"], place);
    expect(JSON.stringify(stored)).not.toContain("example");
    expect(stored[0]?.sealed).toMatch(/^v1\./);
  });

  it("have other keys at another service", async () => {
    expect((await sealedFor("files")).key("1")).not.toBe((await sealedFor("books")).key("1"));
  });

  it("have the same key wherever the id is stored, so that rows can be compared", async () => {
    const ids = await sealedFor("files");
    const elsewhere = {
      table: "intent_items",
      column: "written_sealed",
      owner: { tenant_id: "acme", intent_id: "int_1" },
    } as const;
    const [link] = await ids.seal(["a"], place);
    const [intent] = await ids.seal(["a"], elsewhere);
    expect(intent?.key).toBe(link?.key);
    await expect(ids.open(intent ? [intent] : [], place)).rejects.toMatchObject({ code: "crypto.tampered" });
  });

  it("notice when the ciphertext of another item of the same pair was put in place", async () => {
    const ids = await sealedFor("files");
    const [one, other] = await ids.seal(["a", "b"], place);
    const swapped = { key: one?.key ?? "", sealed: other?.sealed ?? null };
    await expect(ids.open([swapped], place)).rejects.toMatchObject({ code: "crypto.tampered" });
  });
});
