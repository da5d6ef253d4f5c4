import type { JobMessage } from "@syncer/core";

/**
 * The message that a server holds, or `undefined` if it is none of ours: written by hand, by another program, or broken.
 * Which formats a job may have, its row decides, not the message.
 */
export function readMessage(data: unknown): JobMessage | undefined {
  if (typeof data !== "object" || data === null || !("jobId" in data) || !("format" in data)) return undefined;
  const { jobId, format } = data;
  if (typeof jobId !== "string" || jobId === "" || jobId.length > 200) return undefined;
  if (!Number.isSafeInteger(format)) return undefined;
  return { jobId, format: format as number };
}

/** A handle and a format number, and nothing else that a caller's object may hold. */
export function plainMessage({ jobId, format }: JobMessage): JobMessage {
  return { jobId, format };
}
