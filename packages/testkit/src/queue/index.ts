export { describeQueue } from "./describe-queue.ts";
export type { QueueFixture, QueueTraits } from "./queue-fixture.ts";
