import type { Index, TableShape } from "./columns.ts";
import { Bucket, type Entry } from "./memory-storage-bucket.ts";
import { wantedValues } from "./memory-storage-where.ts";
import type { PlainRow, PlainWhere } from "./plain-statements.ts";
import type { Scalar } from "./storage-adapter.ts";

/** Beyond this many single look-ups a scan is no slower. */
const MOST_LOOKUPS = 20_000;
const NO_BUCKET = new Bucket();

/** Entries by the values of some columns. */
interface Lookup {
  readonly columns: readonly string[];
  readonly buckets: Map<string, Bucket>;
}

/** The rows of one table with its uniqueness rules, and hash look-ups that are made when a query first needs them. */
export class MemoryTable {
  readonly definition: TableShape;
  readonly #byKey = new Map<string, Entry>();
  readonly #all = new Bucket();
  readonly #uniques: readonly { readonly index: Index; readonly taken: Map<string, Entry> }[];
  readonly #lookups = new Map<string, Lookup>();
  /** Column lists whose prefixes may become look-ups. */
  readonly #paths: readonly (readonly string[])[];

  constructor(definition: TableShape) {
    const { primaryKey, indexes, references } = definition;
    this.definition = definition;
    this.#uniques = indexes.filter(({ unique }) => unique).map((index) => ({ index, taken: new Map() }));
    this.#paths = [primaryKey, ...indexes.map((index) => index.columns), ...(references ? [references.columns] : [])];
  }

  withKeyOf(row: Readonly<PlainRow>): Entry | undefined {
    return this.#byKey.get(keyOf(this.definition.primaryKey, row));
  }

  /** Whether another entry has taken a unique combination of this row. */
  collides(row: Readonly<PlainRow>, self?: Entry): boolean {
    return this.#uniques.some(({ index, taken }) => {
      const holder = isIndexed(index, row) ? taken.get(keyOf(index.columns, row)) : undefined;
      return holder !== undefined && holder !== self;
    });
  }

  add(entry: Entry): void {
    const { row } = entry;
    this.#byKey.set(keyOf(this.definition.primaryKey, row), entry);
    this.#all.add(entry);
    for (const { index, taken } of this.#uniques) {
      if (isIndexed(index, row)) taken.set(keyOf(index.columns, row), entry);
    }
    for (const { columns, buckets } of this.#lookups.values()) bucketFor(buckets, keyOf(columns, row)).add(entry);
  }

  remove(entry: Entry): void {
    const { row } = entry;
    this.#byKey.delete(keyOf(this.definition.primaryKey, row));
    this.#all.remove(entry);
    for (const { index, taken } of this.#uniques) {
      if (isIndexed(index, row)) taken.delete(keyOf(index.columns, row));
    }
    for (const { columns, buckets } of this.#lookups.values()) removeFrom(buckets, keyOf(columns, row), entry);
  }

  /** Gives an entry another row with the same primary key. */
  replace(entry: Entry, row: Readonly<PlainRow>): void {
    const before = entry.row;
    entry.row = row;
    this.#all.changed(before, row);
    for (const { index, taken } of this.#uniques) {
      if (isIndexed(index, before)) taken.delete(keyOf(index.columns, before));
      if (isIndexed(index, row)) taken.set(keyOf(index.columns, row), entry);
    }
    for (const { columns, buckets } of this.#lookups.values()) {
      const key = keyOf(columns, row);
      if (columns.every((column) => before[column] === row[column])) {
        buckets.get(key)?.changed(before, row);
      } else {
        removeFrom(buckets, keyOf(columns, before), entry);
        bucketFor(buckets, key).add(entry);
      }
    }
  }

  /** Buckets that together hold every entry which can satisfy `where`, and others besides. */
  candidates(where: PlainWhere | undefined): readonly Bucket[] {
    const prefix = where ? this.#bestPrefix(where) : [];
    if (prefix.length === 0 || where === undefined) return [this.#all];
    const { buckets } = this.#lookup(prefix);
    return combinations(prefix.map((column) => wantedValues(where[column]) ?? [])).map(
      (values) => buckets.get(joinKey(values)) ?? NO_BUCKET,
    );
  }

  /** The longest indexed run of columns whose values the conditions name. */
  #bestPrefix(where: PlainWhere): readonly string[] {
    let best: readonly string[] = [];
    for (const path of this.#paths) {
      let lookups = 1;
      let length = 0;
      for (const column of path) {
        lookups *= wantedValues(where[column])?.length ?? Number.POSITIVE_INFINITY;
        if (lookups > MOST_LOOKUPS) break;
        length += 1;
      }
      if (length > best.length) best = path.slice(0, length);
    }
    return best;
  }

  #lookup(columns: readonly string[]): Lookup {
    const name = columns.join();
    const known = this.#lookups.get(name);
    if (known) return known;
    const buckets = new Map<string, Bucket>();
    for (const entry of this.#all) bucketFor(buckets, keyOf(columns, entry.row)).add(entry);
    const lookup = { columns, buckets };
    this.#lookups.set(name, lookup);
    return lookup;
  }
}

/** As in SQL, a null never takes part in a uniqueness rule. */
function isIndexed({ columns, where }: Index, row: Readonly<PlainRow>): boolean {
  if (columns.some((column) => row[column] === null)) return false;
  if (where === undefined) return true;
  return where.is === "not-null" ? row[where.column] !== null : row[where.column] === where.is;
}

function keyOf(columns: readonly string[], row: Readonly<PlainRow>): string {
  const [only, second] = columns;
  if (only !== undefined && second === undefined) return partOf(row[only] ?? null);
  return joinKey(columns.map((column) => row[column] ?? null));
}

/** Stored strings hold neither NUL nor half a surrogate pair, so both are free to separate and to stand for null. */
function joinKey(values: readonly Scalar[]): string {
  return values.map(partOf).join("\0");
}

function partOf(value: Scalar): string {
  return value === null ? "\ud800" : String(value);
}

function bucketFor(buckets: Map<string, Bucket>, key: string): Bucket {
  const known = buckets.get(key);
  if (known) return known;
  const bucket = new Bucket();
  buckets.set(key, bucket);
  return bucket;
}

function removeFrom(buckets: Map<string, Bucket>, key: string, entry: Entry): void {
  const bucket = buckets.get(key);
  bucket?.remove(entry);
  if (bucket?.size === 0) buckets.delete(key);
}

function combinations(lists: readonly (readonly Scalar[])[]): Scalar[][] {
  return lists.reduce<Scalar[][]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );
}
