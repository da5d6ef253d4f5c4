import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";

/** For child processes. @param argument JSON of the source */
export default function open(argument: string) {
  return pgBossQueue(JSON.parse(argument), { heartbeatMs: 10_000 });
}
