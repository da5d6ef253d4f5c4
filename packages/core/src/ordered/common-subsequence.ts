const WORD_BITS = 32;

/**
 * Places of entries that two lists hold in the same order: as many as there can be, ascending in both.
 *
 * Bit-parallel: a row of the table of lengths is kept as one bit per entry of `right`, cleared where the length grows, and
 * one addition with carry takes 32 columns to the next row. Crochemore, Iliopoulos, Pinzon, Reid: "A fast and practical
 * bit-vector algorithm for the longest common subsequence problem" (2001), in the form of Hyyrö: "Bit-parallel LCS-length
 * computation revisited" (2004). Only words with an entry that is equal, and those that a carry reaches, are looked at. At
 * most |left| × |right| ÷ 32 steps, twice, whatever the lists hold: repetitions and shuffles make nothing worse. On the way
 * back, rows are made again from every √|left|-th, so that memory stays at 2 √|left| rows.
 * @param left entries as small whole numbers from 0; equal numbers are equal entries
 * @param right likewise
 */
export function longestCommon(left: Int32Array, right: Int32Array): (readonly [left: number, right: number])[] {
  const columns = new Columns(right);
  const block = Math.max(1, Math.ceil(Math.sqrt(left.length)));
  const marks = marksOf(left, columns, block);
  const rows = new Int32Array(columns.words * (block + 1));
  const pairs: (readonly [number, number])[] = [];
  let column = right.length - 1;
  for (let first = lastBlock(left.length, block); first >= 0 && column >= 0; first -= block) {
    const part = left.subarray(first, first + block);
    rows.set(marks.subarray((first / block) * columns.words, (first / block + 1) * columns.words));
    makeRows(rows, part, columns);
    for (let row = part.length; row > 0 && column >= 0; ) {
      if (grows(rows, row * columns.words, column)) {
        row--;
        // It grew there before, too: the same length can be had without this entry.
        if (grows(rows, row * columns.words, column)) continue;
        pairs.push([first + row, column]);
      }
      column--;
    }
  }
  return pairs.reverse();
}

/** Where equal entries stand in a list, as bits of words: only words in which there are any. */
class Columns {
  readonly words: number;
  /** Where the words of each entry begin in the two lists that follow, and where they end. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #word: Int32Array;
  readonly #mask: Int32Array;

  constructor(list: Int32Array) {
    this.words = Math.ceil(list.length / WORD_BITS);
    this.#starts = startsOf(list);
    this.#ends = this.#starts.slice();
    this.#word = new Int32Array(list.length);
    this.#mask = new Int32Array(list.length);
    list.forEach((entry, place) => {
      this.#note(entry, place >>> 5, 1 << (place & 31));
    });
  }

  #note(entry: number, word: number, bit: number): void {
    const end = this.#ends[entry] ?? 0;
    const last = end > (this.#starts[entry] ?? 0) && this.#word[end - 1] === word ? end - 1 : end;
    this.#word[last] = word;
    this.#mask[last] = (this.#mask[last] ?? 0) | bit;
    this.#ends[entry] = last + 1;
  }

  /**
   * Makes the row that begins at `offset` the next one: the row of lengths with one more entry of the other list.
   * @param reach how many of its words may have cleared bits; a carry that finds none has nothing to change
   * @returns the same for the row as it is then
   */
  advance(rows: Int32Array, offset: number, entry: number, reach: number): number {
    const end = this.#ends[entry] ?? 0;
    let next = this.#starts[entry] ?? 0;
    let carry = 0;
    let reached = reach;
    for (let word = 0; next < end || carry !== 0; word++) {
      if (carry === 0) word = this.#word[next] ?? 0;
      else if (word === reached) break;
      let mask = 0;
      if (next < end && this.#word[next] === word) mask = this.#mask[next++] ?? 0;
      const row = rows[offset + word] ?? 0;
      const equal = row & mask;
      const sum = (row + equal + carry) | 0;
      carry = (equal | (row & ~sum)) >>> 31;
      rows[offset + word] = sum | (row & ~mask);
      reached = Math.max(reached, word + 1);
    }
    return reached;
  }
}

/** For each entry the number of places of smaller ones. */
function startsOf(list: Int32Array): Int32Array {
  const starts = new Int32Array(list.reduce((most, entry) => Math.max(most, entry), -1) + 2);
  for (const entry of list) starts[entry + 1] = (starts[entry + 1] ?? 0) + 1;
  for (let entry = 1; entry < starts.length; entry++) {
    starts[entry] = (starts[entry] ?? 0) + (starts[entry - 1] ?? 0);
  }
  return starts;
}

/** The rows before each block. */
function marksOf(left: Int32Array, columns: Columns, block: number): Int32Array {
  const row = new Int32Array(columns.words).fill(-1);
  const marks = new Int32Array(columns.words * Math.ceil(left.length / block));
  let reach = 0;
  left.forEach((entry, place) => {
    if (place % block === 0) marks.set(row, (place / block) * columns.words);
    reach = columns.advance(row, 0, entry, reach);
  });
  return marks;
}

/** Adds to the row before a block, which stands first, the one after each of its entries. */
function makeRows(rows: Int32Array, part: Int32Array, columns: Columns): void {
  const { words } = columns;
  let reach = rows.subarray(0, words).findLastIndex((word) => word !== -1) + 1;
  part.forEach((entry, place) => {
    const offset = (place + 1) * words;
    rows.copyWithin(offset, offset - words, offset);
    reach = columns.advance(rows, offset, entry, reach);
  });
}

/** Whether the length grows at a column of the row that begins at `offset`. */
function grows(rows: Int32Array, offset: number, column: number): boolean {
  return (((rows[offset + (column >>> 5)] ?? 0) >>> (column & 31)) & 1) === 0;
}

function lastBlock(length: number, block: number): number {
  return (Math.ceil(length / block) - 1) * block;
}
