import { onTestFinished, describe as suite } from "vitest";
import { describeConcurrency } from "./describe-concurrency.ts";
import { describeHostileInput } from "./describe-hostile-input.ts";
import { describeLifecycle } from "./describe-lifecycle.ts";
import { describeModel } from "./describe-model.ts";
import { describeReading } from "./describe-reading.ts";
import { describeWriting } from "./describe-writing.ts";
import type { StorageFixture, StorageTraits, SuiteContext } from "./storage-fixture.ts";

/**
 * Every promise of `StorageAdapter`, as tests. Call it in a test file of vitest; wrappers of an adapter run it as well.
 *
 * @param create makes a fresh, empty place for each test
 * @param traits how the adapter differs
 * @example
 * describeStorageAdapter("memory", () => ({ storage: memoryStorage() }), { needsMigration: false });
 */
export function describeStorageAdapter(
  name: string,
  create: () => StorageFixture | Promise<StorageFixture>,
  traits: StorageTraits,
): void {
  const openFixture = async (): Promise<StorageFixture> => {
    const fixture = await create();
    onTestFinished(async () => {
      await fixture.storage.close();
      await fixture.dispose?.();
    });
    return fixture;
  };
  const open: SuiteContext["open"] = async () => {
    const { storage } = await openFixture();
    await storage.migrate();
    return storage;
  };
  const context: SuiteContext = { traits, open, openFixture };

  suite(`StorageAdapter: ${name}`, () => {
    describeReading(context);
    describeWriting(context);
    describeHostileInput(context);
    describeConcurrency(context);
    describeLifecycle(context);
    describeModel(context);
  });
}
