import { demand } from "../base/violation.ts";
import { type Earlier, GuardView, isMass, Removals } from "./guard-rule.ts";
import { alike, alikeText, describe, elementsOf, everyField, type Form, type Place, places, same } from "./notes.ts";
import type { Change, Side } from "./side.ts";
import { type Both, type Fate, fateOf, type Policy, type Standing, type Way } from "./table.ts";

/** What a run was, for the oracle to judge it by. */
export interface Look {
  /** When its plan was made. */
  readonly startMs: number;
  readonly nowMs: number;
  readonly policy: Policy;
  /** `clean`: nothing went wrong, and it says that it came to its end. */
  readonly ending: "clean" | "cut";
  readonly hold?: readonly string[];
  readonly confirmed: boolean;
  /** Notes that changed between its plan and its end, by another hand. */
  readonly changedMeanwhile: ReadonlySet<number>;
  /** Of these, what was sent long ago has arrived. */
  readonly late: ReadonlySet<number>;
  /** Of these it says that they could not be dealt with. */
  readonly undone: ReadonlySet<number>;
  /** No conflict is open afterwards. */
  readonly undisputed: boolean;
  /** Of these it says that they rest. */
  readonly resting: ReadonlySet<number>;
}

/** What a person last made of a note on a side, since both sides agreed. */
interface Wish {
  readonly form: Form | undefined;
}

interface Memory {
  standing: Standing;
  /** As both sides were before the run at hand. */
  before: Both<Form | undefined>;
  /** When each side was changed or deleted before that, as far as the services tell. */
  times: Both<number | undefined>;
  readonly wishes: [Wish | undefined, Wish | undefined];
  /** Until then it may be left alone, because it was written again and again. */
  restsUntilMs: number;
  /** When runs wrote it. */
  writtenMs: readonly number[];
  /** An interrupted call may have been taken for an edit, or an edit for it: see `isBlurred`. */
  blurred: boolean;
  /** Reads may still show an older state. */
  young: boolean;
}

const DAY_MS = 24 * 60 * 60_000;

export interface OracleOptions {
  readonly sides: readonly [Side, Side];
  readonly way: Way;
  readonly first: Place;
  /** For so long after a change reads may show the state before. */
  readonly lagMs: number;
  /** A service refuses a write of it. */
  readonly isHard: (serial: number) => boolean;
  /**
   * KNOWN LIMIT. What an interrupted write came to cannot be told from a user's edit where a service neither promises to
   * keep what it is given as it is, nor keeps the marker of who wrote last. With a marker, an edit within minutes of the
   * call cannot be told from the form that the service gave to what was written.
   */
  readonly isBlurred: Both<boolean>;
  /** The service tells what was deleted, so that an empty side need not be one of which a listing says nothing. */
  readonly tellsDeltas: Both<boolean>;
}

/**
 * What a pair must make of its notes, told from what people did and from which runs there were. Of a note that is
 * clear it knows the one thing that may happen; of one that is clouded (a run was cut off, or did not see everything)
 * only what must not; a clean run that leaves both sides alike makes it clear again.
 */
export class PairOracle {
  readonly #options: OracleOptions;
  readonly #notes = new Map<number, Memory>();
  readonly removals: Both<Removals> = [new Removals(), new Removals()];
  /** Deletions of the last day before the run at hand, from each side. */
  #earlier: Both<Earlier> = [
    { least: 0, most: 0 },
    { least: 0, most: 0 },
  ];
  /** How many judgements there were of clear notes, and of others. */
  readonly judged = { clear: 0, clouded: 0 };

  constructor(options: OracleOptions) {
    this.#options = options;
  }

  standing(serial: number): Standing {
    return this.#note(serial).standing;
  }

  serials(): readonly number[] {
    return [...this.#notes.keys()].sort((left, right) => left - right);
  }

  /** All that it knows is certain. */
  get isClear(): boolean {
    for (const { standing, young } of this.#notes.values()) if (standing.is === "clouded" || young) return false;
    return true;
  }

  isExempt(serial: number): boolean {
    return this.#options.isHard(serial) || this.#note(serial).blurred;
  }

  /** Somebody else than the pair changed it. */
  changed({ place, serial, write }: Change): void {
    const note = this.#note(serial);
    note.wishes[place] = { form: write.kind === "delete" ? undefined : this.#options.sides[place].form(serial) };
  }

  /** A person has decided a conflict. Where ids are kept sealed, nobody can say of which note, unless there is one only. */
  decided(named: number | undefined, decision: Place): void {
    const open = [...this.#notes].filter(
      ([
        ,
        {
          standing: { is },
        },
      ]) => is === "conflict" || is === "clouded",
    );
    for (const [serial, note] of open) {
      const { standing } = note;
      if (named !== undefined && named !== serial) continue;
      const isIt = standing.is === "conflict" && (named === serial || open.length === 1);
      note.standing = isIt ? { ...standing, record: { ...standing.record, decision } } : { is: "clouded" };
    }
  }

  /** The pair's run wrote it. */
  wrote({ place, serial, write }: Change, confirmed: boolean): void {
    const note = this.#note(serial);
    note.writtenMs = [...note.writtenMs.filter((atMs) => atMs > write.atMs - DAY_MS - 3_600_000), write.atMs];
    if (write.kind !== "delete") return;
    this.removals[place].record(write.atMs, write.id, confirmed ? "confirmed" : "done");
    if (confirmed) return;
    const made = this.removals[place].unconfirmed(write.atMs);
    const links = [...this.#notes.values()].filter(({ standing }) => standing.is !== "never").length;
    demand(!isMass(made, 0, links + made), "deletes are bounded", () => `${made} in a day with at most ${links} links`);
  }

  /** @param readMs when both sides were read */
  begin(startMs: number, readMs: number): void {
    const { sides, lagMs } = this.#options;
    const earlier = (place: Place) => ({
      least: this.removals[place].least(startMs),
      most: this.removals[place].most(startMs),
    });
    this.#earlier = [earlier(0), earlier(1)];
    for (const serial of new Set([...sides[0].serials(), ...sides[1].serials()])) this.#note(serial);
    for (const [serial, note] of this.#notes) {
      note.before = [sides[0].form(serial), sides[1].form(serial)];
      note.times = [timeOf(sides[0], serial), timeOf(sides[1], serial)];
      note.young = lagMs > 0 && Math.max(sides[0].changedMs(serial), sides[1].changedMs(serial)) >= readMs - lagMs;
    }
  }

  /** What each note comes to; those that cannot be said are left out. */
  #fates(policy: Policy): ReadonlyMap<number, Fate> {
    const { way, first } = this.#options;
    const fates = new Map<number, Fate>();
    for (const serial of this.serials()) {
      const note = this.#note(serial);
      const { standing } = note;
      if (standing.is === "clouded" || note.young || this.#options.isHard(serial)) continue;
      const { before: now, times } = note;
      fates.set(serial, fateOf({ way, first, policy, standing, now, times }));
    }
    return fates;
  }

  /** After a run. @throws {Violation} it did not do what it had to */
  judge(look: Look): void {
    const fates = this.#fates(look.policy);
    this.#judgeGuard(look, fates);
    for (const [serial, note] of this.#notes) {
      const after = [this.#options.sides[0].form(serial), this.#options.sides[1].form(serial)] as const;
      const fate = fates.get(serial);
      this.#judgeRest(serial, note, look);
      if (look.changedMeanwhile.has(serial) || !fate) this.#judgeClouded(serial, note, after, look);
      else if (look.ending === "clean") this.#judgeClear(serial, note, after, fate, look);
      else this.#judgeCut(serial, note, after, fate);
    }
  }

  describe(serial: number): string {
    const { standing, before, wishes } = this.#note(serial);
    const base = "base" in standing && standing.base ? ` base ${standing.base.map(describe).join(" | ")}` : "";
    const wished = wishes.map((wish) => (wish ? `wished ${describe(wish.form)}` : "untouched")).join(" | ");
    return `note ${serial} ${standing.is}${base}; before ${before.map(describe).join(" | ")}; ${wished}`;
  }

  #judgeRest(serial: number, note: Memory, { resting, nowMs }: Look): void {
    if (!resting.has(serial)) return;
    demand(note.writtenMs.length >= 3, "nothing rests without need", () => this.describe(serial));
    note.standing = { is: "clouded" };
    note.restsUntilMs = nowMs + DAY_MS + 1;
  }

  #judgeClear(serial: number, note: Memory, after: Both<Form | undefined>, fate: Fate, look: Look): void {
    if (look.resting.has(serial)) return;
    this.judged.clear++;
    const seen = () =>
      `${fate.action}: must be ${fate.after.map(describe).join(" | ")}, is ${after.map(describe).join(" | ")}; ${this.describe(serial)}`;
    const untouched = same(after[0], note.before[0]) && same(after[1], note.before[1]);
    // Of what was confirmed some may have moved: that is held again, and the rest is done.
    if (isHeld(fate, look.hold) && (untouched || !look.confirmed)) {
      demand(untouched, "what is held is not done", seen);
      return;
    }
    // Where a whole side has changed, what would carry that over waits; the listing may also have been read again.
    const waits = look.hold?.includes("mass-change") === true && (fate.action === "update" || fate.action === "merge");
    if (waits && untouched) return;
    demand(!look.undone.has(serial), "nothing is left undone without a reason", seen);
    for (const place of places) {
      const written = fate.action === "merge" || fate.on === place;
      const fits = written ? alike(after[place], fate.after[place]) : same(after[place], note.before[place]);
      demand(fits, "each note meets its fate", seen);
    }
    note.standing = this.#standingAfter(note, after, fate, look.policy);
    if (note.standing.is === "linked" || (note.standing.is === "never" && !after[0] && !after[1]))
      this.#agreed(serial, note, after);
  }

  #standingAfter(note: Memory, after: Both<Form | undefined>, { becomes }: Fate, policy: Policy): Standing {
    const { standing } = note;
    const [source, target] = after;
    if (becomes === "as before") return standing;
    if (becomes === "linked" && source && target) return { is: "linked", base: [source, target] };
    if (becomes === "conflict") {
      const base = "base" in standing ? standing.base : undefined;
      return { is: "conflict", base, record: { forms: after, policy } };
    }
    return { is: becomes === "linked" ? "clouded" : becomes };
  }

  /** A run that was cut off, or not shown everything, does what it has to, or less. */
  #judgeCut(serial: number, note: Memory, after: Both<Form | undefined>, fate: Fate): void {
    this.judged.clear++;
    for (const place of places) {
      const written = fate.action === "merge" || fate.on === place;
      const done = written && alike(after[place], fate.after[place]);
      demand(done || same(after[place], note.before[place]), "an interrupted run does nothing else", () => {
        return `${fate.action}: is ${after.map(describe).join(" | ")}; ${this.describe(serial)}`;
      });
    }
    if (fate.action === "nothing" && (fate.becomes === "as before" || fate.becomes === note.standing.is)) return;
    note.standing = { is: "clouded" };
    const written = fate.action === "merge" ? places : fate.on === undefined ? [] : [fate.on];
    note.blurred ||= written.some((place) => this.#options.isBlurred[place]);
  }

  #judgeClouded(serial: number, note: Memory, after: Both<Form | undefined>, look: Look): void {
    this.judged.clouded++;
    const isSure = look.ending === "clean" && !look.hold && !note.young && !look.changedMeanwhile.has(serial);
    const isQuiet = look.nowMs >= note.restsUntilMs && !look.undone.has(serial);
    note.standing = { is: "clouded" };
    note.blurred ||= look.late.has(serial);
    // What one run was not sure of may be what a clean one has settled, if both sides are alike.
    if (look.ending === "cut") note.blurred ||= this.#options.isBlurred[0] || this.#options.isBlurred[1];
    if (!isSure || !isQuiet || this.#options.isHard(serial)) return;
    const [source, target] = after;
    if (this.#options.sides.some((side) => side.count(serial) > 1)) return;
    // The form that a service gave to what was written may have been taken for an edit.
    if (!(look.undisputed ? alike : same)(source, target)) return;
    note.standing = source && target ? { is: "linked", base: [source, target] } : { is: "never" };
    this.#agreed(serial, note, after);
    note.blurred = false;
  }

  /** Both sides agree. What one person alone has made of it is what it is now. */
  #agreed(serial: number, { wishes, blurred }: Memory, after: Both<Form | undefined>): void {
    const [source, target] = wishes;
    const wish = source && target ? undefined : (source ?? target);
    if (wish && this.#options.way === "two-way" && !blurred) {
      const rule = wish.form ? "no edit is lost" : "nothing comes back";
      demand(alike(after[0], wish.form), rule, () => `is ${describe(after[0])}; ${this.describe(serial)}`);
    }
    wishes.fill(undefined);
  }

  #judgeGuard(look: Look, fates: ReadonlyMap<number, Fate>): void {
    const { first, sides } = this.#options;
    const view = new GuardView(first);
    let young = false;
    for (const [serial, note] of this.#notes) {
      const fate = fates.get(serial);
      const { standing, before } = note;
      young ||= note.young;
      const changed = (place: Place) =>
        standing.is === "linked" && before[place] !== undefined && !same(before[place], standing.base[place]);
      if (fate) view.add(fate, standing.is === "linked" || standing.is === "conflict", [changed(0), changed(1)]);
      else view.addClouded();
      if (fate?.action === "remove" && look.ending === "cut" && fate.on !== undefined) {
        this.removals[fate.on].record(look.nowMs, sides[fate.on].id(serial) ?? `gone ${serial}`, "tried");
      }
    }
    if (look.ending === "cut" || young || look.confirmed) return;
    const empty = (place: Place) => [...this.#notes.values()].every(({ before }) => before[place] === undefined);
    const { must, may } = view.verdict([empty(0), empty(1)], this.#earlier, this.#options.tellsDeltas);
    demand(!look.hold || may || look.changedMeanwhile.size > 0, "nothing is held without need", () => `${look.hold}`);
    demand(!must || look.hold !== undefined || look.changedMeanwhile.size > 0, "too much is held", () => "it was not");
  }

  #note(serial: number): Memory {
    const known = this.#notes.get(serial);
    if (known) return known;
    const note: Memory = {
      standing: { is: "never" },
      before: [undefined, undefined],
      times: [undefined, undefined],
      wishes: [undefined, undefined],
      restsUntilMs: Number.NEGATIVE_INFINITY,
      writtenMs: [],
      blurred: false,
      young: false,
    };
    this.#notes.set(serial, note);
    return note;
  }
}

/** When it was changed or deleted there, as far as the service tells. */
function timeOf(side: Side, serial: number): number | undefined {
  const { times, deletedAt } = side.documents.habits;
  if (times === "none") return side.form(serial) === undefined && deletedAt ? side.changedMs(serial) : undefined;
  if (side.form(serial) === undefined && !deletedAt) return undefined;
  const untold = times.told === false ? times.offsetMs : 0;
  return side.changedMs(serial) + untold;
}

function isHeld({ action }: Fate, hold: readonly string[] | undefined): boolean {
  if (!hold) return false;
  if (hold.includes("side-empty")) return true;
  const fromAbsence = action === "remove" || action === "drop" || action === "detach" || action === "suppress";
  return fromAbsence && hold.some((reason) => reason !== "mass-change");
}

/** Whether each value of a form is one that the note had on a side; of a set, each element. */
export function isMadeOf(form: Form, known: readonly (Form | undefined)[], before: Form | undefined): boolean {
  return everyField.every((field) => {
    if (before && before[field] === form[field]) return true;
    if (known.some((each) => each !== undefined && alikeText(each[field], form[field]))) return true;
    if (field !== "tags") return false;
    const all = new Set([...known, before].flatMap((each) => (each ? [...elementsOf(each.tags)] : [])));
    return [...elementsOf(form.tags)].every((element) => all.has(element));
  });
}
