import { diffOrdered } from "../ordered/index.ts";

/** That an item was played at a moment. */
export interface Play {
  /** Names the item and the moment: the same play has the same key wherever it is met. */
  readonly key: string;
  /** The item on the side that is read. */
  readonly itemId: string;
  /** In ms since the epoch. */
  readonly atMs: number;
}

/**
 * A play that was dealt with before. `stands`: it has an entry, or may have, or waits for one. `missed`: no counterpart was
 * found. `over`: nothing is done about it any more.
 */
export interface KnownPlay extends Play {
  readonly state: "stands" | "missed" | "over";
  /** Of what was missed: when it is looked for again. Absent: never by itself. */
  readonly restsUntilMs?: number;
  /** It is remembered for no other reason than not to be taken for new. */
  readonly isTombstone?: true;
}

/** A play that comes later than this behind a newer one is not taken any more. */
export const LATEST_MS = 30 * 24 * 60 * 60 * 1000;

export interface ChooseInput {
  /** What the service shows now. */
  readonly shown: readonly Play[];
  /** Whether that is all that it shows. */
  readonly isAll: boolean;
  readonly known: readonly KnownPlay[];
  /** How many plays are wanted at most. Absent: all. */
  readonly length?: number;
  /** `once`: of an item only the latest play is wanted. */
  readonly copies: "kept" | "once";
  readonly nowMs: number;
}

export interface Choice {
  /** Plays to deal with, newest first. Those that were missed before and are due again are among them. */
  readonly fresh: readonly Play[];
  /** New, and to be remembered without being dealt with: beyond the length, played again since, or known to be missed. */
  readonly past: readonly Play[];
  /** Known, and not to be remembered any longer. */
  readonly forgotten: readonly KnownPlay[];
}

/**
 * Which plays are new, and which of these are wanted.
 *
 * No play comes twice: it is known by item and moment for as long as it is less than 30 days older than the newest known one, and
 * what is unknown and older than that is never taken. The first reading of all takes what there is.
 */
export function choosePlays({ shown, isAll, known, length, copies, nowMs }: ChooseInput): Choice {
  const knownKeys = new Map(known.map((play) => [play.key, play]));
  const newestMs = known.reduce((newest, { atMs }) => Math.max(newest, atMs), Number.NEGATIVE_INFINITY);
  const isLate = ({ atMs }: Play) => atMs < newestMs - LATEST_MS;
  const shownKeys = new Set(shown.map(({ key }) => key));
  const isDue = ({ restsUntilMs }: KnownPlay) => restsUntilMs !== undefined && restsUntilMs <= nowMs;
  const rests = ({ restsUntilMs }: KnownPlay) => restsUntilMs !== undefined && restsUntilMs > nowMs;
  const missed = known.filter(({ state }) => state === "missed");
  const resting = new Set(missed.filter((play) => !isDue(play)).map(({ itemId }) => itemId));

  const unknown = [...new Map(shown.map((play) => [play.key, play])).values()].filter(
    (play) => !knownKeys.has(play.key) && !isLate(play),
  );
  const due = missed.filter((play) => isDue(play) && shownKeys.has(play.key));
  const candidates = [...unknown, ...due, ...known.filter(({ state }) => state === "stands")].toSorted(newestFirst);
  const fresh: Play[] = [];
  const past: Play[] = [];
  const forgotten = known.filter(
    (play) =>
      !play.isTombstone &&
      ((play.state !== "stands" && isLate(play) && !rests(play)) ||
        (play.state === "missed" && isAll && isDue(play) && !shownKeys.has(play.key))),
  );
  const items = new Set<string>();
  let wanted = 0;
  for (const play of candidates) {
    const before = knownKeys.get(play.key);
    const isWanted =
      wanted < (length ?? Number.POSITIVE_INFINITY) &&
      !(copies === "once" && items.has(play.itemId)) &&
      !(before === undefined && resting.has(play.itemId));
    if (isWanted) {
      wanted++;
      items.add(play.itemId);
    }
    if (before?.state === "stands") continue;
    if (isWanted) fresh.push(play);
    else if (before) forgotten.push(before);
    else past.push(play);
  }
  return { fresh, past, forgotten };
}

/** A play with what stands for its item on the side that is written. */
export interface PlacedPlay extends Play {
  readonly toId: string;
  /** Whether it has an entry in the list: by what was recorded, by a call of which nobody knows what it did, or not yet. */
  readonly stands: "surely" | "maybe" | "not-yet";
  /** The user said that this is no counterpart of it: it gets no entry, and one that it has leaves. */
  readonly isWrong?: true;
}

export interface HistoryInput {
  /** The list as it is: ids of entries, and names for those that have none. */
  readonly list: readonly string[];
  readonly plays: readonly PlacedPlay[];
  /** Most entries of ours. */
  readonly length: number;
  /** Most entries that the list can hold, of ours and of others. */
  readonly maxItems?: number;
  readonly copies: "kept" | "once";
  /** Nobody but us has been there since our calls began, so that what is missing is missing because of them. */
  readonly isIntact: boolean;
}

/** What becomes of a list, and of each play, by its key. */
export interface ArrangedHistory {
  readonly becomes: readonly string[];
  /** Has an entry by a call of which nobody knew. */
  readonly found: readonly string[];
  /** Gets an entry. */
  readonly placed: readonly string[];
  /** Its entry was taken away by somebody else. */
  readonly removed: readonly string[];
  /** Its entry leaves the list. */
  readonly trimmed: readonly string[];
  /** Its entry stands for a later play of the same item from now on. */
  readonly superseded: readonly string[];
  /** Gets no entry: there is no room, the list holds the item already, or it is the wrong one. */
  readonly leftOut: readonly string[];
}

/**
 * What a list of plays becomes: newest first, what is new before the next older, what somebody has moved where it is. Entries
 * that are not ours stay as they are, and do not count. Which are ours follows from the plays that should be there, newest
 * first: as many of them as stand in that order, then those that stand elsewhere.
 */
export function arrangeHistory({
  list,
  plays,
  length,
  maxItems = Number.POSITIVE_INFINITY,
  copies,
  isIntact,
}: HistoryInput): ArrangedHistory {
  const ordered = plays.toSorted(newestFirst);
  const expected = ordered.filter(({ stands }) => stands !== "not-yet");
  const { stays, moves } = diffOrdered(
    expected.map(({ toId }) => toId),
    list,
  );
  const rows: Row[] = list.map((entry) => ({ entry, play: undefined }));
  const standing = new Set<PlacedPlay>();
  for (const { from, to } of [...stays, ...moves]) {
    const play = expected[from];
    if (!play) continue;
    standing.add(play);
    rows[to] = { entry: play.toId, play };
  }
  const isRemoved = (play: PlacedPlay) => play.stands === "surely" && !standing.has(play) && !isIntact;
  const others = rows.filter(({ play }) => play === undefined).map(({ entry }) => entry);
  const room = Math.max(0, Math.min(length, maxItems - others.length));
  const held = new Set(copies === "once" ? others : []);
  const wanted: PlacedPlay[] = [];
  const [superseded, beyond]: [PlacedPlay[], PlacedPlay[]] = [[], []];
  for (const play of ordered) {
    if (isRemoved(play)) continue;
    if (held.has(play.toId)) superseded.push(play);
    else if (play.isWrong || wanted.length >= room) beyond.push(play);
    else {
      wanted.push(play);
      if (copies === "once") held.add(play.toId);
    }
  }
  const keysOf = (some: readonly PlacedPlay[]) => some.map(({ key }) => key);
  return {
    becomes: placeAll(rows, wanted, standing),
    found: keysOf(expected.filter((play) => play.stands === "maybe" && standing.has(play))),
    placed: keysOf(wanted.filter((play) => !standing.has(play))),
    removed: keysOf(ordered.filter(isRemoved)),
    trimmed: keysOf(beyond.filter((play) => standing.has(play))),
    superseded: keysOf(superseded.filter((play) => standing.has(play))),
    leftOut: keysOf([...superseded, ...beyond].filter((play) => !standing.has(play))),
  };
}

/** An entry, and the play that it stands for; somebody else's stands for none. */
interface Row {
  readonly entry: string;
  readonly play: PlacedPlay | undefined;
}

/** Entries of plays that are not wanted leave; those that have none yet come behind the one that is next newer, or in front. */
function placeAll(
  rows: readonly Row[],
  wanted: readonly PlacedPlay[],
  standing: ReadonlySet<PlacedPlay>,
): readonly string[] {
  const isWanted = new Set(wanted);
  const behind = new Map<PlacedPlay | undefined, PlacedPlay[]>();
  let newer: PlacedPlay | undefined;
  for (const play of wanted) {
    if (standing.has(play)) newer = play;
    else behind.set(newer, [...(behind.get(newer) ?? []), play]);
  }
  const idsBehind = (play: PlacedPlay | undefined) => (behind.get(play) ?? []).map(({ toId }) => toId);
  return [
    ...idsBehind(undefined),
    ...rows.flatMap(({ entry, play }) => {
      if (play === undefined) return [entry];
      return isWanted.has(play) ? [entry, ...idsBehind(play)] : [];
    }),
  ];
}

/** Plays of one moment in an order that is the same in every run. */
export function newestFirst(left: Play, right: Play): number {
  return right.atMs - left.atMs || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);
}
