import type { RateLimit } from "../../contract/index.ts";
import { DayQuota } from "../day-quota.ts";
import type { GovernorStatus, Quiet } from "../governor.ts";
import { SharedPace, toUs } from "./shared-pace.ts";
import type { SharedState } from "./shared-state.ts";

/** What is left of a budget: what nobody has sent in this window or holds a slot for, as far as the slots tell. */
export function sharedStatus(
  state: SharedState,
  limit: RateLimit,
  nowMs: number,
  known: Quiet | undefined,
): GovernorStatus {
  const pace = new SharedPace(limit);
  const gapUs = pace.gapUs(1, 1);
  const reserved = Math.max(0, Math.ceil((state.nextUs - toUs(nowMs)) / gapUs));
  const ofDay =
    limit.perDay === undefined ? Number.POSITIVE_INFINITY : new DayQuota(limit.perDay, state.day).remaining(nowMs);
  const stored: Quiet = { untilMs: state.closedUntilMs, reason: state.reason, strikes: state.strikes };
  const quiet = known && known.untilMs > stored.untilMs ? known : stored;
  return {
    remaining: Math.max(0, Math.min(pace.units - reserved, ofDay)),
    wholeAtMs: Math.max(nowMs, Math.ceil((state.nextUs - gapUs) / 1_000 + pace.windowMs)),
    ...(quiet.untilMs > nowMs ? { quiet } : {}),
  };
}
