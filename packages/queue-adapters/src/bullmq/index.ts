export type { CommonQueueOptions } from "../shared/common-options.ts";
export type { BullmqQueueOptions, BullmqSource } from "./bullmq-options.ts";
export { type BullmqQueue, bullmqQueue } from "./bullmq-queue.ts";
