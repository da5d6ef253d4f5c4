import { bullmqQueue } from "@syncer/queue-adapters/bullmq";

/** For child processes. @param argument JSON of address and prefix */
export default function open(argument: string) {
  const { url, prefix } = JSON.parse(argument);
  return bullmqQueue({ url }, { prefix, lockMs: 2_000, stalledCheckMs: 1_000 });
}
