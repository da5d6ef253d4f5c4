import { elementsOf, everyField, type Field, type Form, otherPlace, type Place, same, setText } from "./notes.ts";

/** How a pair is synced. `two-way` writes both sides, the others only the one that is not read first. */
export type Way = "two-way" | "additive" | "mirror";
export type Policy = "skip" | "overwrite" | "merge" | "newest-wins" | "source-wins" | "target-wins";
export type Both<T> = readonly [T, T];

/**
 * What a pair knows of a note: nothing; what both sides were when they last agreed; that it left the side that is read
 * and was kept on the other; that its copy was deleted and must not come back; or nobody can say.
 */
export type Standing =
  | { readonly is: "never" }
  | { readonly is: "clouded" }
  | { readonly is: "detached" }
  | { readonly is: "suppressed" }
  | { readonly is: "linked"; readonly base: Both<Form> }
  | { readonly is: "conflict"; readonly base: Both<Form> | undefined; readonly record: OnRecord };

/** A conflict that nobody has won: as it was found, and what a person has decided since. */
export interface OnRecord {
  readonly forms: Both<Form | undefined>;
  readonly policy: Policy;
  readonly decision?: Place;
}

export interface Case {
  readonly way: Way;
  /** The side that is read from first. */
  readonly first: Place;
  readonly policy: Policy;
  readonly standing: Exclude<Standing, { is: "clouded" }>;
  readonly now: Both<Form | undefined>;
  /** When each side was changed or deleted, by one clock; `undefined`: the service does not tell. */
  readonly times: Both<number | undefined>;
}

export type ActionName =
  | "nothing"
  | "create"
  | "update"
  | "merge"
  | "remove"
  | "link"
  | "advance"
  | "detach"
  | "suppress"
  | "drop"
  | "conflict";

/** What must happen to a note. */
export interface Fate {
  readonly action: ActionName;
  /** The side that is written. */
  readonly on?: Place;
  readonly after: Both<Form | undefined>;
  readonly becomes: "never" | "linked" | "conflict" | "detached" | "suppressed" | "clouded" | "as before";
  /** It was changed or deleted on both sides. */
  readonly disputed?: true;
}

const SAME_MOMENT_MS = 2_000;

/** The semantics, told per note. */
export function fateOf(given: Case): Fate {
  const { standing, now, first } = given;
  const [a, b] = [now[first], now[otherPlace(first)]];
  switch (standing.is) {
    case "never":
      return unlinked(given, a, b);
    case "detached":
      return a && b
        ? stay(given, "clouded")
        : a
          ? create(given, second(given))
          : stay(given, b ? "as before" : "never", b ? "nothing" : "drop");
    case "suppressed":
      return a && b ? stay(given, "clouded") : stay(given, a ? "as before" : "never", a ? "nothing" : "drop");
    case "linked":
    case "conflict":
      return known(given, standing, a, b);
  }
}

function second({ first }: Case): Place {
  return otherPlace(first);
}

function stay({ now }: Case, becomes: Fate["becomes"], action: ActionName = "nothing"): Fate {
  return { action, after: now, becomes };
}

function unlinked(given: Case, a: Form | undefined, b: Form | undefined): Fate {
  if (a && b) return same(a, b) ? stay(given, "linked", "link") : edited(given, undefined);
  if (a) return create(given, second(given));
  if (b && given.way === "two-way") return create(given, given.first);
  return stay(given, "never");
}

function known(
  given: Case,
  standing: Extract<Standing, { is: "linked" } | { is: "conflict" }>,
  a: Form | undefined,
  b: Form | undefined,
): Fate {
  const { way, first } = given;
  const { base } = standing;
  const last = second(given);
  const isEdited = (place: Place, form: Form | undefined) => form !== undefined && !(base && same(form, base[place]));
  const [editedA, editedB] = [isEdited(first, a), isEdited(last, b)];
  if (!a && !b) return stay(given, "never", "drop");
  if (a && b) {
    // One-way, an edit of the side that is written is not looked at while the other side is as it was.
    if (way === "additive" && !editedA && editedB && standing.is === "linked") return stay(given, "as before");
    if (editedA || editedB || standing.is === "conflict") {
      if (same(a, b)) return stay(given, "linked", "advance");
      if (!editedA && !editedB) return stay(given, "linked", "advance");
    }
    if (!editedA && !editedB) return stay(given, "as before");
    if (editedA && !editedB) return update(given, last, base);
    if (way === "mirror") return update(given, last, base);
    if (!editedA) return way === "additive" ? stay(given, "as before") : update(given, first, base);
    return edited(given, base);
  }
  if (way === "additive") return a ? stay(given, "suppressed", "suppress") : stay(given, "detached", "detach");
  if (way === "mirror") return a ? create(given, last) : remove(given, last);
  if (a ? !editedA : !editedB) return remove(given, a ? first : last);
  return deleted(given, a ? last : first);
}

/** Both sides edited it, to different things. */
function edited(given: Case, base: Both<Form> | undefined): Fate {
  const { way, first, policy, times, now } = given;
  if (way === "mirror") return update(given, second(given), base);
  const decided = decision(given);
  if (decided === "nothing new") return { ...stay(given, "as before"), disputed: true };
  const winner = decided ?? winnerOfEdits(policy, times);
  if (winner === "fields") {
    const merged = mergeOf(bothOf(given), base);
    const after: [Form | undefined, Form | undefined] = [merged[0], merged[1]];
    if (way !== "two-way") after[first] = now[first];
    return { action: "merge", after, becomes: "linked", disputed: true };
  }
  if (winner === "nobody" || (way !== "two-way" && winner !== first))
    return { ...stay(given, "conflict", "conflict"), disputed: true };
  return { ...update(given, otherPlace(winner), base), disputed: true };
}

/** One side deleted it, the other edited it. Two-way only. */
function deleted(given: Case, deleter: Place): Fate {
  const { policy, times } = given;
  const decided = decision(given);
  if (decided === "nothing new") return { ...stay(given, "as before"), disputed: true };
  const winner = decided ?? winnerOfDeletion(policy, deleter, times);
  if (winner === "nobody") return { ...stay(given, "conflict", "conflict"), disputed: true };
  const editor = otherPlace(deleter);
  return { ...(winner === deleter ? remove(given, editor) : create(given, deleter)), disputed: true };
}

/** Of a conflict on record, while both sides and the policy are as they were when it was found. */
function decision({ standing, now, policy }: Case): Place | "nothing new" | undefined {
  if (standing.is !== "conflict") return undefined;
  const { forms, policy: then, decision } = standing.record;
  if (then !== policy || !same(forms[0], now[0]) || !same(forms[1], now[1])) return undefined;
  return decision ?? "nothing new";
}

function winnerOfEdits(policy: Policy, times: Case["times"]): Place | "fields" | "nobody" {
  switch (policy) {
    case "skip":
      return "nobody";
    case "merge":
      return "fields";
    case "target-wins":
      return 1;
    case "newest-wins":
      return laterOf(times) ?? 0;
    case "source-wins":
    case "overwrite":
      return 0;
  }
}

function winnerOfDeletion(policy: Policy, deleter: Place, times: Case["times"]): Place | "nobody" {
  switch (policy) {
    case "skip":
      return "nobody";
    case "merge":
      return otherPlace(deleter);
    case "newest-wins":
      return laterOf(times) === deleter ? deleter : otherPlace(deleter);
    case "target-wins":
      return 1;
    case "source-wins":
    case "overwrite":
      return 0;
  }
}

function laterOf([source, target]: Case["times"]): Place | undefined {
  if (source === undefined || target === undefined || Math.abs(source - target) <= SAME_MOMENT_MS) return undefined;
  return source > target ? 0 : 1;
}

function create({ now }: Case, on: Place): Fate {
  const made = now[otherPlace(on)];
  return { action: "create", on, after: [made, made], becomes: "linked" };
}

function remove({ now }: Case, on: Place): Fate {
  return { action: "remove", on, after: on === 0 ? [undefined, now[1]] : [now[0], undefined], becomes: "never" };
}

/** What neither side changed stays as it is on either. */
function update(given: Case, on: Place, base: Both<Form> | undefined): Fate {
  const now = bothOf(given);
  const [from, to] = [now[otherPlace(on)], now[on]];
  const isChanged = (field: Field) => !base || now[0][field] !== base[0][field] || now[1][field] !== base[1][field];
  const written = combined((field) => (isChanged(field) ? from[field] : to[field]));
  return { action: "update", on, after: on === 0 ? [written, from] : [from, written], becomes: "linked" };
}

/** What only one side changed is its; a set is the base with what either added and without what either removed. */
function mergeOf([left, right]: Both<Form>, base: Both<Form> | undefined): Both<Form> {
  const merged = (place: Place) =>
    combined((field) => {
      const [changedLeft, changedRight] = [
        !base || left[field] !== base[0][field],
        !base || right[field] !== base[1][field],
      ];
      if (!changedLeft && !changedRight) return (place === 0 ? left : right)[field];
      if (changedLeft && changedRight && field === "tags") return mergedSet(left[field], right[field], base);
      return (changedLeft ? left : right)[field];
    });
  return [merged(0), merged(1)];
}

function mergedSet(left: string, right: string, base: Both<Form> | undefined): string {
  const [ofLeft, ofRight] = [elementsOf(left), elementsOf(right)];
  const [hadLeft, hadRight] = [elementsOf(base?.[0].tags ?? ""), elementsOf(base?.[1].tags ?? "")];
  const stays = (element: string) =>
    !(hadLeft.has(element) && !ofLeft.has(element)) && !(hadRight.has(element) && !ofRight.has(element));
  return setText([...ofLeft, ...ofRight].filter(stays));
}

function bothOf({ now: [source, target] }: Case): Both<Form> {
  if (!source || !target) throw new RangeError("a note that one side does not have cannot be updated");
  return [source, target];
}

function combined(textOf: (field: Field) => string): Form {
  const form: Record<Field, string> = { title: "", body: "", done: "", tags: "", lines: "" };
  for (const field of everyField) form[field] = textOf(field);
  return form;
}
