/** One statement with its bound values, ready for a driver. */
export interface Command {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Our name of the table that it is about, for errors. */
  readonly table: string;
  /** Columns to hand back, in this order; absent for statements that change rows. */
  readonly columns?: readonly string[];
}

export interface Outcome {
  /** The values of each row in the order of `columns`. */
  readonly rows: readonly (readonly unknown[])[];
  /** Rows inserted, changed or deleted, as the database counts them. */
  readonly changes: number;
}

/**
 * A piece of work that hands out statements and takes their outcomes. It does no I/O of its own, so the same work runs
 * on drivers that answer at once and on those that answer later.
 */
export type Program<TResult> = Generator<Command, TResult, Outcome>;

/** A statement that the database refused; the driver's error is the cause. */
export class FailedCommand extends Error {
  override readonly name = "FailedCommand";
  readonly table: string;
  constructor(command: Command, cause: unknown) {
    super(`a statement on ${command.table} failed`, { cause });
    this.table = command.table;
  }
}

/** All statements of a program that does not look at outcomes, for a driver that wants them at once. */
export function commandsOf(program: Program<unknown>): Command[] {
  const commands: Command[] = [];
  runSync(program, (command) => {
    commands.push(command);
    return NOTHING;
  });
  return commands;
}

export const NOTHING: Outcome = { rows: [], changes: 0 };

export function runSync<TResult>(program: Program<TResult>, execute: (command: Command) => Outcome): TResult {
  let step = program.next();
  while (!step.done) {
    const command = step.value;
    let outcome: Outcome;
    try {
      outcome = execute(command);
    } catch (error) {
      throw new FailedCommand(command, error);
    }
    step = program.next(outcome);
  }
  return step.value;
}

export async function runAsync<TResult>(
  program: Program<TResult>,
  execute: (command: Command) => Promise<Outcome>,
): Promise<TResult> {
  let step = program.next();
  while (!step.done) {
    const command = step.value;
    const outcome = await execute(command).catch((error: unknown) => {
      throw new FailedCommand(command, error);
    });
    step = program.next(outcome);
  }
  return step.value;
}
