import type { QueueConsumer } from "@syncer/core";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a chain of ticks is made of on some server. */
export interface TickLinks {
  /** Sends the next tick, for so long from now; it is dropped while one waits. */
  readonly next: () => Promise<unknown>;
  /** Has each tick delivered to `deliver`, in one process of all. */
  readonly consume: (deliver: () => Promise<void>) => Promise<QueueConsumer>;
  readonly onError: (error: unknown) => void;
}

/** Ticks in a chain: whoever has one sends the next. Whoever starts may begin it, and what was lost begins anew. */
export async function tickChain(
  handler: () => Promise<void>,
  everyMs: number,
  { next, consume, onError }: TickLinks,
): Promise<QueueConsumer> {
  await next();
  const again = setInterval(() => void next().catch(onError), Math.min(everyMs * 2, LONGEST_TIMER_MS));
  again.unref();
  try {
    const consumer = await consume(async () => {
      await next();
      // Another one comes soon; repeating this one would help nobody.
      await handler().catch(onError);
    });
    return {
      close: async () => {
        clearInterval(again);
        await consumer.close();
      },
    };
  } catch (error) {
    clearInterval(again);
    throw error;
  }
}
