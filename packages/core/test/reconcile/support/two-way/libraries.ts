import type { SideLetter } from "../../../../src/reconcile/index.ts";

/**
 * Two services whose user edits both. Recordings are numbers; a service's catalogue has no, one or several entries for
 * each, named by side, recording and number.
 */
export interface Recording {
  readonly a: number;
  readonly b: number;
  /** The last entry of A cannot be found, and finds nothing, until it is published. */
  readonly late?: true;
}

/** The same recording by several entries of one side, of either; by one of each; of one side only; of many on both. */
export const recordings: readonly Recording[] = [
  { a: 3, b: 1 },
  { a: 1, b: 3 },
  { a: 1, b: 1 },
  { a: 1, b: 1 },
  { a: 1, b: 0 },
  { a: 0, b: 1 },
  { a: 2, b: 1, late: true },
  { a: 2, b: 2 },
];

export type UserEdit =
  | { readonly do: "add" | "remove"; readonly on: SideLetter; readonly entry: string }
  /** The service gives a recording that the user has another id. */
  | { readonly do: "replace"; readonly on: SideLetter; readonly entry: string; readonly by: string }
  | { readonly do: "publish" };

export function entriesOf(side: SideLetter, recording: number): string[] {
  return Array.from({ length: recordings[recording]?.[side] ?? 0 }, (_, number) => `${side}${recording}.${number}`);
}

export function everyEntry(side: SideLetter): string[] {
  return recordings.flatMap((_, recording) => entriesOf(side, recording));
}

export function recordingOf(entry: string): number {
  return Number(entry.slice(1, entry.indexOf(".")));
}

export class Libraries {
  readonly a = new Set<string>();
  readonly b = new Set<string>();
  published = false;

  edit(edit: UserEdit): void {
    if (edit.do === "publish") this.published = true;
    else if (edit.do === "add") this[edit.on].add(edit.entry);
    else if (this[edit.on].delete(edit.entry) && edit.do === "replace") this[edit.on].add(edit.by);
  }

  copy(): Libraries {
    const copy = new Libraries();
    for (const entry of this.a) copy.a.add(entry);
    for (const entry of this.b) copy.b.add(entry);
    copy.published = this.published;
    return copy;
  }

  isHidden(entry: string): boolean {
    const recording = recordingOf(entry);
    return !this.published && recordings[recording]?.late === true && entry === entriesOf("a", recording).at(-1);
  }

  /** What a search finds: what the user has on the other side, else what its catalogue names first. */
  counterpart(side: SideLetter, entry: string, has: (id: string) => boolean): string | undefined {
    if (this.isHidden(entry)) return undefined;
    const candidates = entriesOf(side === "a" ? "b" : "a", recordingOf(entry)).filter((id) => !this.isHidden(id));
    return candidates.find(has) ?? candidates[0];
  }

  of(side: SideLetter, recording: number): ReadonlySet<string> {
    return new Set([...this[side]].filter((entry) => recordingOf(entry) === recording));
  }
}
