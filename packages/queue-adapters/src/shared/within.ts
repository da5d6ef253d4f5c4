import { QueueError } from "@syncer/core";

/**
 * The result of `work`, if it comes in time. A connection that is silently gone would keep its caller for minutes, and
 * a job stands in the storage whether or not anybody was woken.
 * @throws {QueueError} `queue.no-answer`
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new QueueError("queue.no-answer", { afterMs: ms })), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // What comes too late is nobody's any more.
    work.catch(() => {});
  }
}
