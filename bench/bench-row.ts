/** One measured figure. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it has to reach; see `better`. */
  readonly bar?: number;
  /** Whether more (default) or less is better. */
  readonly better?: "higher" | "lower";
  /** Against the baseline of the same run: times as fast, or share of its cost. */
  readonly ratio?: number;
}
