import { type AnyCollection, receiverOf } from "../../contract/index.ts";
import type { Row } from "../../ports/index.ts";
import { type Choice, choosePlays } from "../../reconcile/index.ts";
import { type LinkSet, readLinks } from "../links/links.ts";
import { type ReadOverruled, readOverruled } from "../overrides/read-overruled.ts";
import { type HistoryOptions, historyOf } from "../requests/history-options.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { readCursors } from "../runs/read-cursors.ts";
import type { RunContext } from "../runs/run-context.ts";
import { type OpenCalls, readOpenCalls } from "./open-calls.ts";
import { listKey, readPlays, type StoredPlays } from "./plays.ts";
import { type LogReading, logOf, readLog } from "./read-log.ts";

const HOUR_MS = 60 * 60 * 1000;
/** Services show plays late; so far behind the newest known one they are looked for at every run. */
const LATE_MS = HOUR_MS;
/** What comes later than that is found by a reading of all that the service shows, once a day. */
const ALL_EVERY_MS = 24 * HOUR_MS;

/** What a run of a log knows before it looks at the side that is written. */
export interface LogWorld {
  readonly stored: LinkSet;
  readonly rules: ReadOverruled;
  readonly calls: OpenCalls;
  readonly plays: StoredPlays;
  readonly reading: LogReading;
  /** When the log was last read as far as the service shows it. */
  readonly listedAtMs: number;
  readonly choice: Choice;
  readonly history: HistoryOptions & { readonly length: number };
  /** The collection that is written: a log, or playlists. */
  readonly receiver: AnyCollection;
  /** Nothing is new, due or open: the other side need not be looked at. */
  readonly isQuiet: boolean;
}

export async function readLogWorld(context: RunContext): Promise<LogWorld> {
  const { parts, pair, from, to } = context;
  const nowMs = parts.clock.now();
  const receiver = receiverOf(from.provider, to.provider, pair.sync_type);
  if (!receiver) throw new TypeError(`${to.provider.name} has nothing that takes a log`);
  const stored = await readLinks(parts.storage, pair.id, from.side);
  const rules = await readOverruled(context, logOf(context).kind);
  const calls = await readOpenCalls(context, windowsOf(receiver));
  const plays = await readPlays(context, stored, calls.linkKeys, rules.overruled);
  const cursor = (await readCursors(context)).find(({ side }) => side === from.side);
  const since = sinceOf(plays, cursor, nowMs);
  const reading = await readLog(context, since);
  await assertSameAccounts(context);
  const history = await historyOf(parts, pair);
  const isList = receiver.shape === "containers";
  const choice = choosePlays({
    shown: [...reading.plays.values()],
    isAll: since === undefined,
    known: plays.known,
    copies: isList ? (receiver.contents.write?.copies ?? "kept") : "kept",
    nowMs,
    ...(isList ? { length: history.length } : {}),
  });
  const isOpen =
    plays.standing.some((play) => play.isWrong || play.stands !== "surely") ||
    // Before the playlist is made there is nothing in it to look after.
    (!cursor?.settled && stored.links.has(listKey(to.side)));
  return {
    stored,
    rules,
    calls,
    plays,
    reading,
    listedAtMs: since === undefined ? nowMs : (cursor?.listed_at ?? nowMs),
    choice,
    history,
    receiver,
    isQuiet: choice.fresh.length === 0 && !isOpen,
  };
}

/** From when on the log is to be read; `undefined`: all of it. */
function sinceOf({ known }: StoredPlays, cursor: Row<"sync_cursors"> | undefined, nowMs: number): number | undefined {
  const isDue = known.some(({ state, restsUntilMs = nowMs + 1 }) => state === "missed" && restsUntilMs <= nowMs);
  if (known.length === 0 || !cursor?.settled || isDue || nowMs - cursor.listed_at >= ALL_EVERY_MS) return undefined;
  return known.reduce((newest, { atMs }) => Math.max(newest, atMs), 0) - LATE_MS;
}

function windowsOf(receiver: AnyCollection) {
  if (receiver.shape !== "containers") return { creationMs: 0, entriesMs: 0 };
  return {
    creationMs: receiver.write?.consistencyWindowMs ?? 0,
    entriesMs: receiver.contents.write?.consistencyWindowMs ?? 0,
  };
}
