import type { ListedDocument } from "@syncer/core";
import type { SeriesItems } from "./event-pages.ts";
import {
  deletedRow,
  type GoogleEvent,
  isGone,
  isSeries,
  type ReadItems,
  rowOf,
  unreadableRow,
} from "./google-event.ts";
import type { GoogleItem } from "./google-schemas.ts";

type Row = ListedDocument<GoogleEvent>;

/**
 * Puts the items of a list together. A single event is a row as soon as it comes; a series only when all pages are there, since its
 * instances may be on any of them.
 */
export class EventRows {
  readonly #masters = new Map<string, GoogleItem>();
  readonly #instances = new Map<string, GoogleItem[]>();
  /** Events that are told of, other than as series. */
  readonly #others = new Set<string>();
  readonly #unreadable = new Set<string>();

  /** Takes a page. @returns rows that can be told already */
  take({ items, unreadable }: ReadItems): readonly Row[] {
    for (const id of unreadable) this.#unreadable.add(id);
    return items.flatMap((item) => {
      if (item.recurringEventId) {
        this.#addInstance(item.recurringEventId, item);
        return [];
      }
      if (isSeries(item) && !isGone(item)) {
        this.#masters.set(item.id, item);
        return [];
      }
      this.#others.add(item.id);
      return [isGone(item) ? deletedRow(item) : rowOf(item, [])];
    });
  }

  #addInstance(masterId: string, item: GoogleItem): void {
    const known = this.#instances.get(masterId) ?? [];
    known.push(item);
    this.#instances.set(masterId, known);
  }

  /** The rest, when the list was one of everything: series, and instances whose series is not shown. */
  rest(): readonly Row[] {
    return this.touched().flatMap(({ id, master, told }) =>
      rowsOfSeries(
        { id, told: master ? [] : told },
        { ...(master ? { master } : {}), exceptions: told, isUnreadable: this.#unreadable.has(id) },
      ),
    );
  }

  /** The series of which something is told; of a delta only what has changed, so that the rest of them has to be read. */
  touched(): readonly TouchedSeries[] {
    const ids = new Set([...this.#masters.keys(), ...this.#instances.keys(), ...this.#unreadable]);
    return [...ids]
      .filter((id) => this.#unreadable.has(id) || !this.#others.has(id))
      .map((id) => {
        const master = this.#masters.get(id);
        return { id, ...(master ? { master } : {}), told: this.#instances.get(id) ?? [] };
      });
  }
}

/** A series, and what was told of it. */
export interface TouchedSeries {
  readonly id: string;
  readonly master?: GoogleItem;
  /** Instances. */
  readonly told: readonly GoogleItem[];
}

/**
 * A series is one row. Instances that are shown without it, because somebody is invited to them alone, are events of their own; once
 * it is shown too, they are no longer.
 */
export function rowsOfSeries({ id, master: seen, told }: TouchedSeries, series: SeriesItems): readonly Row[] {
  const { master, exceptions, isUnreadable } = series;
  // It was told of a moment ago: that a search does not find it proves nothing.
  if (isUnreadable || (seen && !master)) return [unreadableRow(id)];
  if (!master) return told.map((item) => (isGone(item) ? deletedRow(item) : rowOf(item, [])));
  const folded = told.filter((item) => !isGone(item)).map(({ id: own }) => deletedRow({ id: own }));
  return [rowOf(master, exceptions), ...folded];
}
