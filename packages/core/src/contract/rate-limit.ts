/** How often a service may be asked. Slots are paced evenly: no window of `perMs` ever holds more than `requests`. */
export interface RateLimit {
  /** In units of a request's `cost`, as `perDay` is. */
  readonly requests: number;
  readonly perMs: number;
  /** Most requests under way at once. */
  readonly concurrency: number;
  /** Who shares the budget: all users of one client id, all of one egress address, or one user alone. */
  readonly sharedBy: "client" | "egress" | "user";
  /** Requests per day, where the service is known to count them. */
  readonly perDay?: number;
  /** Quiet after a refusal that names no time, growing with each in a row, in ms. Default 30 s, 60 s, 120 s … */
  readonly quietMs?: readonly number[];
}
