/** A calendar object at its place. */
export interface StoredObject {
  readonly text: string;
  /** With its quotes. */
  readonly etag: string;
  readonly uid: string;
}

/** Conditions of a write (RFC 9110 §13.1): the header's value, or nothing. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** What became of a write: the status, and the name of the precondition that failed. */
export type WriteAnswer =
  | { readonly status: 201 | 204; readonly etag?: string }
  | { readonly status: 403 | 404 | 412; readonly condition?: "valid-calendar-data" | "no-uid-conflict" };

/** What has happened in a calendar since a token was given. */
export interface CalendarChanges {
  readonly present: readonly string[];
  readonly gone: readonly string[];
}

const TOKEN = "http://stand-in.example/sync/";

/** One calendar in memory: objects by the name of their file, and the order in which they changed. */
export class StandInCalendar {
  readonly name: string;
  readonly #objects = new Map<string, StoredObject>();
  readonly #nameOfUid = new Map<string, string>();
  /** The name that each write was about: the state after the first n of them is revision n. */
  readonly #writes: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  get texts(): readonly string[] {
    return [...this.#objects.values()].map(({ text }) => text);
  }

  /** Stands for the state as it is now (RFC 6578 §3.2). */
  get syncToken(): string {
    return `${TOKEN}${this.#writes.length}`;
  }

  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /** @returns `undefined`: no state of this calendar had that token */
  changesSince(token: string): CalendarChanges | undefined {
    const revision = token === "" ? 0 : revisionOf(token);
    if (revision === undefined || revision > this.#writes.length) return undefined;
    const touched = [...new Set(this.#writes.slice(revision))];
    const present = touched.filter((name) => this.#objects.has(name));
    // Who knows nothing yet has nothing to forget.
    const gone = token === "" ? [] : touched.filter((name) => !this.#objects.has(name));
    return { present, gone };
  }

  put(name: string, text: string, conditions: WriteConditions): WriteAnswer {
    const before = this.#objects.get(name);
    if (!holds(conditions, before)) return { status: 412 };
    const uid = uidOf(text);
    if (uid === undefined) return { status: 403, condition: "valid-calendar-data" };
    if ((this.#nameOfUid.get(uid) ?? name) !== name) return { status: 403, condition: "no-uid-conflict" };
    if (before) this.#nameOfUid.delete(before.uid);
    this.#nameOfUid.set(uid, name);
    this.#writes.push(name);
    const etag = `"${this.#writes.length}"`;
    this.#objects.set(name, { text, etag, uid });
    return { status: before ? 204 : 201, etag };
  }

  delete(name: string, conditions: WriteConditions): WriteAnswer {
    const before = this.#objects.get(name);
    if (!before) return { status: 404 };
    if (!holds(conditions, before)) return { status: 412 };
    this.#objects.delete(name);
    this.#nameOfUid.delete(before.uid);
    this.#writes.push(name);
    return { status: 204 };
  }
}

function revisionOf(token: string): number | undefined {
  const number = token.startsWith(TOKEN) ? token.slice(TOKEN.length) : "";
  return /^\d{1,9}$/.test(number) ? Number(number) : undefined;
}

function holds({ ifMatch, ifNoneMatch }: WriteConditions, before: StoredObject | undefined): boolean {
  const names = (list: string) => list.split(",").map((each) => each.trim());
  if (ifMatch !== undefined && (!before || !(ifMatch === "*" || names(ifMatch).includes(before.etag)))) return false;
  if (ifNoneMatch === undefined || !before) return true;
  return ifNoneMatch !== "*" && !names(ifNoneMatch).includes(before.etag);
}

/** The one UID of a calendar object of events (RFC 4791 §4.1); `undefined`: it is none. */
function uidOf(text: string): string | undefined {
  const isWhole = /^BEGIN:VCALENDAR\r?\n/.test(text) && /\r?\nEND:VCALENDAR\s*$/.test(text);
  if (!isWhole || !/\r?\nBEGIN:VEVENT\r?\n/.test(text)) return undefined;
  const unfolded = text.replace(/\r?\n[ \t]/g, "");
  const uids = new Set([...unfolded.matchAll(/^UID:(.+?)\r?$/gm)].map(([, uid]) => uid));
  return uids.size === 1 ? [...uids][0] : undefined;
}
