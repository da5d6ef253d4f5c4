import { demand } from "../base/violation.ts";
import { GuardBounds, Removals } from "./guard-rule.ts";
import { bothSides, type Change, otherThan, type Side, type SideIndex } from "./side.ts";
import { nth, SONGS } from "./songs.ts";
import { blindnessOf, LONGEST_BLINDNESS_MS, LONGEST_REST_MS, lagOf, Standing } from "./standing.ts";
import { type Fate, fateOf, type Known, type Way } from "./table.ts";

/** Which songs were where: on the source, on the target. */
export type Holdings = readonly [readonly boolean[], readonly boolean[]];

/** What the oracle is told of a run that has ended. */
export interface Look {
  readonly outset: Outset;
  readonly before: Holdings;
  /** It says that it came to its end, and nothing was made to go wrong with it. */
  readonly good: boolean;
  readonly done: boolean;
  readonly held: boolean;
  /** It did not begin again because something had moved: then what it says is of its last part. */
  readonly single: boolean;
  /** A person has confirmed what it was going to do. */
  readonly confirmed: ReadonlySet<string> | undefined;
  /** Songs that another hand changed between its reading and its end. */
  readonly changedMeanwhile: ReadonlySet<number>;
  /** Songs of which it says that they could not be dealt with, and until when they are left alone. */
  readonly undone: ReadonlyMap<number, number>;
  readonly removed: readonly Change[];
}

/** What can be said of a run before it begins. */
export interface Outset {
  /** When both sides are read. */
  readonly readMs: number;
  /** Songs that are withdrawn somewhere, or whose next write is going to be lost. */
  readonly hindered: ReadonlySet<number>;
  /** Songs of which the decision table says what becomes of them, if nothing goes wrong. */
  readonly clear: ReadonlySet<number>;
  /** Songs of which a side may show what was before. */
  readonly blurred: ReadonlySet<number>;
  /** Sides of which anything may show what was before. */
  readonly blind: readonly [boolean, boolean];
}

/** Several entries of a song on one side are as many links. */
type Bounds = { readonly fewest: number; readonly most: number };

/**
 * What one pair must make of its songs. It knows what people did on either side and which runs there were. A clear song
 * is judged by the decision table, a clouded one by what is never right; see {@link Standing}.
 */
export class PairOracle {
  readonly #sides: readonly [Side, Side];
  readonly #standings: readonly Standing[] = Array.from({ length: SONGS }, () => new Standing());
  readonly #removals: readonly [Removals, Removals] = [new Removals(), new Removals()];
  #way: Way;
  /** The side that is read from first. */
  reads: SideIndex;
  /** A change of mode makes the next run ask before it removes anything; an interrupted one may have been that run. */
  #asksFirst: "no" | "maybe" | "yes" = "no";
  #lastCutMs = Number.NEGATIVE_INFINITY;

  constructor(sides: readonly [Side, Side], way: Way, reads: SideIndex) {
    this.#sides = sides;
    for (const [song, standing] of this.#standings.entries()) if (this.#isOdd(song)) standing.known = undefined;
    this.#way = way;
    this.reads = reads;
  }

  /** @param asksFirst the pair was run in another way: what is missing now may never have been meant to be there */
  changeWay(way: Way, reads: SideIndex, asksFirst: boolean): void {
    if (asksFirst) this.#asksFirst = "yes";
    for (const standing of this.#standings) {
      const { known } = standing;
      if (reads !== this.reads && known !== "never" && known !== "linked") standing.known = undefined;
    }
    this.#way = way;
    this.reads = reads;
  }

  /** Somebody else than this pair changed something. */
  changed({ side, song, write }: Change, duringRun: boolean): void {
    this.#of(song).changed(side.index, write.atMs, blindnessOf(side.library.habits, duringRun));
  }

  /** A recording is not what it was: not there for a while, or there again. */
  withdrawn(side: Side, song: number, atMs: number): void {
    this.#of(song).changed(side.index, atMs, blindnessOf(side.library.habits, false));
  }

  /** This pair's run asked the service for a write, whatever comes of it. */
  asked(side: Side, song: number, atMs: number): void {
    this.#of(song).changed(side.index, atMs, lagOf(side.library.habits));
  }

  habitsChanged({ index, library: { habits } }: Side, nowMs: number): void {
    for (const standing of this.#standings) standing.habitsChanged(index, nowMs, blindnessOf(habits, false));
  }

  /** From when on what a run saw of a song on a side may come, if it read that side at that time. */
  seenSince(side: Side, song: number, readMs: number): number {
    return this.#of(song).isBlind(side.index, readMs) ? readMs - LONGEST_BLINDNESS_MS : readMs;
  }

  outset(readMs: number, hindered: ReadonlySet<number>): Outset {
    const songs = Array.from(this.#standings.keys());
    const isBlurred = (song: number) => bothSides.some((on) => this.#of(song).isBlind(on, readMs));
    const blurred = new Set(songs.filter(isBlurred));
    const isClear = (song: number) =>
      this.#of(song).known !== undefined && !hindered.has(song) && !blurred.has(song) && !this.#isOdd(song);
    const isBlind = (on: SideIndex) => songs.some((song) => this.#of(song).isBlind(on, readMs));
    return { readMs, hindered, clear: new Set(songs.filter(isClear)), blurred, blind: [isBlind(0), isBlind(1)] };
  }

  /** Songs that are linked for certain, and on both sides. */
  shared({ clear }: Outset): readonly number[] {
    const both = (song: number) => this.#sides.every((side) => side.has(song));
    return [...clear].filter((song) => both(song) && this.#of(song).known === "linked");
  }

  /** At most so many links there are. */
  get mostLinks(): number {
    return this.#standings.reduce((sum, { known }, song) => sum + this.#linksOf(song, known).most, 0);
  }

  mayBeLetGo(song: number): boolean {
    return this.#of(song).mayBeLetGo;
  }

  /** What the pair may know of a song; for the reader of a failure. */
  describe(song: number): string {
    const { known = "clouded", quietRuns } = this.#of(song);
    return `song ${song}, ${this.#way} from ${this.reads}, ${known}, quiet for ${quietRuns} runs`;
  }

  /** After a run. @throws {Violation} it did not do what it had to */
  judge(look: Look): void {
    const { outset, changedMeanwhile } = look;
    const good = look.good && !this.#isRestless(outset);
    const bounds = this.#bounds(look);
    this.#judgeRemovals(look, bounds);
    for (let song = 0; song < SONGS; song++) {
      if (good && !changedMeanwhile.has(song) && outset.clear.has(song)) this.#judgeClear(song, look);
      else this.#judgeClouded(song, look, good);
    }
    if (good && !look.confirmed) this.#judgeHold(look, bounds);
    if (!look.done) this.#lastCutMs = outset.readMs;
    if (!look.done && this.#asksFirst === "yes") this.#asksFirst = "maybe";
    if (look.done && !look.held) this.#asksFirst = "no";
  }

  /** The decision table, to the letter. In a held run nothing is removed, and the rest may wait too. */
  #judgeClear(song: number, look: Look): void {
    const standing = this.#of(song);
    const [before, after] = [this.#held(look.before, song), this.#held(this.#now(), song)];
    const fate = this.#fate(standing.known ?? "never", before);
    const wanted = withWrite(before, fate);
    const done = same(after, wanted);
    const waits = look.held && same(after, before);
    const seen = () => `was ${before}, is ${after}, must be ${wanted}: ${this.describe(song)}`;
    demand(done || waits, "each song meets its fate", seen);
    demand(!look.held || fate.write?.kind !== "remove" || waits, "a held run removes nothing", seen);
    demand(!look.undone.has(song), "nothing is left undone without a reason", seen);
    if (done && !look.held) standing.known = fate.leaves;
    else if (done && fate.write) standing.known = fate.leaves;
    else if (fate.write?.kind !== "remove" && fate.leaves !== standing.known) standing.known = undefined;
    if (!look.held) standing.quietRuns++;
    this.#noteLetGo(song, after, !look.held);
  }

  /** What is never right is judged where it happens. Here a song becomes clouded, and clear again. */
  #judgeClouded(song: number, look: Look, good: boolean): void {
    const standing = this.#of(song);
    const [before, after] = [this.#held(look.before, song), this.#held(this.#now(), song)];
    const { readMs, hindered, blurred } = look.outset;
    const touched = look.changedMeanwhile.has(song) || bothSides.some((on) => standing.changedSince(on, readMs));
    const untouched = !touched && !blurred.has(song) && same(before, after);
    const fate = standing.known && this.#fate(standing.known, before);
    const stays = untouched && fate !== undefined && !fate.write && fate.leaves === standing.known;
    // Withdrawn, it may not have been found.
    const restMs = hindered.has(song) && !stays ? readMs + LONGEST_REST_MS : (look.undone.get(song) ?? 0);
    standing.restsUntilMs = Math.max(standing.restsUntilMs, restMs);
    const rests = readMs < standing.restsUntilMs || look.undone.has(song);
    const settles = good && !look.held && untouched && !rests;
    if (!stays) standing.known = settles && !this.#isOdd(song) ? plainlyKnown(after) : undefined;
    standing.quietRuns = good && !look.held && untouched ? standing.quietRuns + 1 : 0;
    this.#noteLetGo(song, after, settles);
  }

  #noteLetGo(song: number, [first, second]: readonly [boolean, boolean], certain: boolean): void {
    const standing = this.#of(song);
    const seesAll = standing.known !== undefined && first === second;
    if (this.#way !== "two-way" && !seesAll) standing.mayBeLetGo = true;
    // Of several recordings one may be let go of while another is on both sides.
    else if (certain && first === second && !this.#isOdd(song)) standing.mayBeLetGo = false;
  }

  /** Nothing is removed in a day, without being asked, beyond what a person would remove. */
  #judgeRemovals({ removed, confirmed, held, single, outset }: Look, bounds: GuardBounds): void {
    const asked = confirmed !== undefined && removed.every(({ write }) => confirmed.has(write.id));
    for (const { side, write } of removed) this.#removals[side.index].record(write.atMs, write.id, asked);
    if (removed.length === 0 || asked) return;
    const names = removed.map(({ write }) => write.id).join(" ");
    demand(!held || !single, "a held run removes nothing", () => names);
    demand(this.#asksFirst !== "yes" || !single, "a new mode removes nothing without being asked", () => names);
    for (const from of bothSides) {
      const inADay = this.#removals[from].least(outset.readMs);
      demand(bounds.allows(inADay, from), "deletes are bounded", () => `${inADay} in a day: ${bounds.describe()}`);
    }
  }

  /** Only what is certain counts: what must be too much is held, and what cannot be too much is not. */
  #judgeHold(look: Look, bounds: GuardBounds): void {
    const removing = bounds.removing[0] + bounds.removing[1] > 0;
    const { readMs, clear, blind } = look.outset;
    const empty = bothSides.some((on) => !look.before[on].includes(true) && !blind[on]);
    const must = bounds.mustHold || (removing && (empty || this.#asksFirst === "yes"));
    demand(look.held || !must, "a mass removal is held", () => bounds.describe());
    if (!look.held || this.#asksFirst !== "no" || readMs - this.#lastCutMs < LONGEST_BLINDNESS_MS) return;
    const shows = (on: SideIndex) => look.before[on].some((there, song) => there && clear.has(song));
    const may = bounds.mayHold || !shows(0) || !shows(1);
    demand(may, "nothing is held without need", () => bounds.describe());
  }

  #bounds({ before, outset, changedMeanwhile }: Look): GuardBounds {
    const bounds = new GuardBounds(this.#removals, outset.readMs);
    for (let song = 0; song < SONGS; song++) {
      const { known, quietRuns } = this.#of(song);
      const links = this.#linksOf(song, known);
      bounds.fewestLinks += links.fewest;
      bounds.mostLinks += links.most;
      const there = this.#held(before, song);
      const clear = !changedMeanwhile.has(song) && outset.clear.has(song);
      const fate = clear && known ? this.#fate(known, there) : undefined;
      if (fate?.write?.kind === "remove") bounds.removing[this.#sideOf(fate.write.on)]++;
      // What its service withdrew is missing too, until the service is asked, which happens after the guards.
      const concludes = fate ? known !== "never" && fate.leaves !== known : quietRuns < 2 || outset.hindered.has(song);
      for (const on of bothSides) if (concludes && !(fate?.write && there[on])) bounds.missing[on] += links.most;
    }
    return bounds;
  }

  #linksOf(song: number, known: Known | undefined): Bounds {
    if (known === "never") return { fewest: 0, most: 0 };
    if (known !== undefined && !this.#isOdd(song)) return { fewest: known === "linked" ? 1 : 0, most: 1 };
    return { fewest: 0, most: this.#sides[0].copies(song) + this.#sides[1].copies(song) };
  }

  #isOdd(song: number): boolean {
    return this.#sides.some((side) => side.isOdd(song));
  }

  /** A listing that shows the present and the past by turns proves nothing where it takes two to prove anything. */
  #isRestless({ blind }: Outset): boolean {
    return this.#sides.some(({ index, library: { habits } }) => habits.lag.manner === "flapping" && blind[index]);
  }

  #fate(known: Known, [source, target]: readonly [boolean, boolean]): Fate {
    const fate = fateOf(this.#way, known, this.reads === 0 ? source : target, this.reads === 0 ? target : source);
    return fate.write ? { ...fate, write: { ...fate.write, on: this.#sideOf(fate.write.on) } } : fate;
  }

  /** From the order of reading to source and target. */
  #sideOf(place: 0 | 1): SideIndex {
    return this.reads === 0 ? place : otherThan(place);
  }

  #held([source, target]: Holdings, song: number): readonly [boolean, boolean] {
    return [nth(source, song), nth(target, song)];
  }

  #now(): Holdings {
    return [this.#sides[0].songs(), this.#sides[1].songs()];
  }

  #of(song: number): Standing {
    return nth(this.#standings, song);
  }
}

function withWrite(before: readonly [boolean, boolean], { write }: Fate): readonly [boolean, boolean] {
  if (!write) return before;
  const there = write.kind === "add";
  return write.on === 0 ? [there, before[1]] : [before[0], there];
}

function same(left: readonly [boolean, boolean], right: readonly [boolean, boolean]): boolean {
  return left[0] === right[0] && left[1] === right[1];
}

/** What a run that saw everything knows of what it left alone; of a song on one side only there may be reasons. */
function plainlyKnown([source, target]: readonly [boolean, boolean]): Known | undefined {
  if (source === target) return source ? "linked" : "never";
  return undefined;
}
