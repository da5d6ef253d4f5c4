import type { SharedTime } from "../../crash/support/shared-clock.ts";

/** Where a process of the fleet finds services, database, queue and time. */
export interface FleetSetting extends SharedTime {
  /** The sandbox's server. */
  readonly server: string;
  readonly postgres: string;
  /** Connections that the storage of one process may have. */
  readonly poolSize: number;
  /** Wakes the processes; without one each looks at the database by itself. */
  readonly redis?: { readonly url: string; readonly prefix: string };
  /** Each message is sent twice. */
  readonly doubled: boolean;
  /** It brings the database to its release first, and queues a job for each of these. */
  readonly first?: { readonly enqueue: readonly string[] };
  /** Of one process. */
  readonly workers: number;
}
