import { onTestFinished, describe as suite } from "vitest";
import { describeClosing } from "./describe-closing.ts";
import { describeDelivering } from "./describe-delivering.ts";
import { describeFailing } from "./describe-failing.ts";
import { describeSharing } from "./describe-sharing.ts";
import { describeTicking } from "./describe-ticking.ts";
import type { QueueFixture, QueueSuite, QueueTraits } from "./queue-fixture.ts";

/** Servers of a test machine that does other things too. */
const PATIENCE_MS = 40_000;

/**
 * Every promise of `Queue`, as tests. Call it in a test file of vitest.
 *
 * @param create makes a fresh, empty place for each test
 * @param traits how the queue differs
 * @example
 * describeQueue("one process", () => ({ queue: inProcessQueue({ clock: systemClock() }) }), {
 *   keeps: false, attempts: 1, ticks: false,
 * });
 */
export function describeQueue(
  name: string,
  create: () => QueueFixture | Promise<QueueFixture>,
  traits: QueueTraits,
): void {
  const open: QueueSuite["open"] = async () => {
    const fixture = await create();
    onTestFinished(async () => {
      await fixture.queue.close?.();
      await fixture.dispose?.();
    });
    return fixture;
  };
  suite(`Queue: ${name}`, { timeout: PATIENCE_MS }, () => {
    describeDelivering({ traits, open });
    describeFailing({ traits, open });
    describeClosing({ traits, open });
    if (traits.keeps) describeSharing({ traits, open });
    if (traits.ticks) describeTicking({ traits, open });
  });
}
