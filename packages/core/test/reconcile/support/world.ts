/**
 * Two services with a user who edits both. Recordings are numbers; A may have several entries for one recording, B has
 * one id per recording, which the service may replace, also by that of another recording.
 */
export interface WorldShape {
  /** The recording that each entry of A stands for; `undefined`: B's catalogue does not have it. */
  readonly recordingOfEntry: readonly (number | undefined)[];
  /** Recordings in B's catalogue; those above the ones that entries stand for are B's own. */
  readonly recordings: number;
}

export type Edit =
  | { readonly do: "add-to-a" | "remove-from-a"; readonly entry: number }
  | { readonly do: "add-to-b" | "remove-from-b"; readonly recording: number }
  /** A's service gives the recording of one entry another id. */
  | { readonly do: "replace-on-a"; readonly entry: number; readonly by: number }
  /** B's service gives a recording a new id. */
  | { readonly do: "renumber-on-b"; readonly recording: number }
  /** B's service finds that two recordings are one: the first is known by the second's id from now on. */
  | { readonly do: "merge-on-b"; readonly recording: number; readonly into: number }
  /** A counterpart that was not found before can be found from now on. */
  | { readonly do: "publish"; readonly entry: number };

export class World {
  readonly shape: WorldShape;
  readonly a = new Set<string>();
  readonly b = new Set<string>();
  #findable = new Set<string>();
  #versions: number[];
  /** Where a merged recording went. */
  #mergedInto = new Map<number, number>();

  constructor(shape: WorldShape, findableFromTheStart: (entry: number) => boolean) {
    this.shape = shape;
    this.#versions = Array.from({ length: shape.recordings }, () => 0);
    for (const entry of shape.recordingOfEntry.keys()) if (findableFromTheStart(entry)) this.#findable.add(aId(entry));
  }

  copy(): World {
    const copy = new World(this.shape, () => false);
    for (const id of this.a) copy.a.add(id);
    for (const id of this.b) copy.b.add(id);
    copy.#findable = new Set(this.#findable);
    copy.#versions = [...this.#versions];
    copy.#mergedInto = new Map(this.#mergedInto);
    return copy;
  }

  edit(edit: Edit): void {
    switch (edit.do) {
      case "add-to-a":
        this.a.add(aId(edit.entry));
        break;
      case "remove-from-a":
        this.a.delete(aId(edit.entry));
        break;
      case "replace-on-a":
        if (this.a.delete(aId(edit.entry))) this.a.add(aId(edit.by));
        break;
      case "add-to-b":
        this.b.add(this.bIdOf(edit.recording));
        break;
      case "remove-from-b":
        this.b.delete(this.bIdOf(edit.recording));
        break;
      case "renumber-on-b":
        this.#renumber(edit.recording, () => this.#versions[this.recording(edit.recording)]!++);
        break;
      case "merge-on-b": {
        const from = this.recording(edit.recording);
        const into = this.recording(edit.into);
        if (from !== into) this.#renumber(from, () => this.#mergedInto.set(from, into));
        break;
      }
      case "publish":
        this.#findable.add(aId(edit.entry));
        break;
    }
  }

  #renumber(recording: number, change: () => void): void {
    const had = this.b.delete(this.bIdOf(recording));
    change();
    if (had) this.b.add(this.bIdOf(recording));
  }

  /** The recording that stands for this one now. */
  recording(recording: number): number {
    let at = recording;
    for (let next = this.#mergedInto.get(at); next !== undefined; next = this.#mergedInto.get(at)) at = next;
    return at;
  }

  bIdOf(recording: number): string {
    const now = this.recording(recording);
    return `b${now}.${this.#versions[now]}`;
  }

  /** What B's service answers for an id that it once gave out. */
  presentBId(bId: string): string {
    return this.bIdOf(recordingOf(bId));
  }

  /** What a search for a counterpart finds. */
  counterpart(id: string): string | undefined {
    const recording = this.shape.recordingOfEntry[entryOf(id)];
    return recording === undefined || !this.#findable.has(id) ? undefined : this.bIdOf(recording);
  }

  /** All ids that B's service uses now. */
  bIds(): string[] {
    return [...new Set(this.#versions.map((_, recording) => this.bIdOf(recording)))];
  }

  aIds(): string[] {
    return this.shape.recordingOfEntry.map((_, entry) => aId(entry));
  }
}

export function aId(entry: number): string {
  return `a${entry}`;
}

export function entryOf(id: string): number {
  return Number(id.slice(1));
}

export function recordingOf(bId: string): number {
  return Number(bId.slice(1, bId.indexOf(".")));
}
