import PQueue from "p-queue";
import type { Clock } from "./clock.ts";
import type { JobMessage, Queue, WakeOptions } from "./queue.ts";

/**
 * The queue of one process, on p-queue. It keeps nothing: the rows in the storage are the queue, so a restart goes on
 * with what waits there. Other processes on the same database are not woken; they find what waits when they look.
 */
export function inProcessQueue({ clock }: { readonly clock: Clock }): Queue {
  let deliver: ((message: JobMessage, options: WakeOptions) => void) | undefined;
  return {
    async wake(message, options = {}) {
      deliver?.(message, options);
    },
    async process(handler, { concurrency }) {
      const line = new PQueue({ concurrency });
      const waiting = new Set<string>();
      const closing = new AbortController();
      const here: typeof deliver = (message, { priority = 0, delayMs = 0, dedupeKey }) => {
        if (dedupeKey !== undefined && waiting.has(dedupeKey)) return;
        if (dedupeKey !== undefined) waiting.add(dedupeKey);
        const due = delayMs > 0 ? clock.sleep(delayMs, closing.signal) : Promise.resolve();
        due
          .then(async () => {
            if (closing.signal.aborted) return;
            const delivery = async () => {
              if (dedupeKey !== undefined) waiting.delete(dedupeKey);
              await handler(message);
            };
            await line.add(delivery, { priority });
          })
          // What is cut off by the end, or fails, stands in the storage.
          .catch(() => {});
      };
      deliver = here;
      return {
        async close() {
          if (deliver === here) deliver = undefined;
          closing.abort();
          line.clear();
          await line.onIdle();
        },
      };
    },
  };
}
