import { nothingOpen, type Outcome, type Stage } from "./rehearsal-stage.ts";

export interface Rehearsed {
  /** Names of the points that an undisturbed run passes. */
  readonly points: readonly string[];
  readonly undisturbed: Outcome;
  /** Requests that an undisturbed run writes with. */
  readonly writes: number;
}

export interface Killings {
  readonly rehearsed: Rehearsed;
  outcomeOf(scene: Awaited<ReturnType<Stage["scene"]>>): Promise<Outcome>;
  /** A second point, counted from the recovery's own first one, at which that one is killed too. */
  again(at: number): number | undefined;
  /** The points that are tried; absent: all. */
  where?(name: string): boolean;
  /** Further requests that an interruption may cost, for a call whose effect nobody had heard of. */
  readonly repeats: number;
}

/** After every n-th death a further run is made, to see that it writes nothing. */
const FURTHER = 3;

/**
 * Kills a process at each point of a run, and lets another one go on, on several stages side by side: in the end all is
 * as if nothing had happened, nothing was done twice, and a further run does nothing.
 * @returns how often a process was killed, and what was wrong with which death
 */
export async function killEverywhere(
  stages: readonly Stage[],
  { rehearsed, outcomeOf, again, repeats, where = () => true }: Killings,
): Promise<{
  readonly killedAt: readonly number[];
  readonly killedAgain: number;
  readonly problems: readonly string[];
}> {
  const { points, undisturbed, writes } = rehearsed;
  const numbers = points.flatMap((name, index) => (where(name) ? [index + 1] : []));
  const killedAt: number[] = [];
  const problems: string[] = [];
  let killedAgain = 0;
  const work = async (stage: Stage) => {
    for (let at = numbers.shift(); at !== undefined; at = numbers.shift()) {
      const scene = await stage.scene();
      const second = again(at);
      const problem = (what: string) =>
        problems.push(`killed at ${at} (${points[Number(at) - 1]}), ${second}: ${what}`);
      if ((await scene.sync(at)).killed) killedAt.push(at);
      else problem("it was not killed");
      if (second !== undefined && (await scene.sync(second)).killed) killedAgain++;
      const last = await scene.sync();
      if (last.report?.status !== "succeeded") problem(`it ended ${JSON.stringify(last.report)}`);
      if (!same(await outcomeOf(scene), undisturbed)) problem(`the end is ${JSON.stringify(await outcomeOf(scene))}`);
      if (!same(await scene.openWork(), nothingOpen)) problem("something is left open");
      const written = scene.writes();
      if (written > writes + repeats) problem(`${written} requests that write, not ${writes}`);
      if (at % FURTHER !== 0) continue;
      await scene.sync();
      if (scene.writes() > written) problem("a further run writes");
    }
  };
  await Promise.all(stages.map(work));
  return { killedAt: killedAt.sort((left, right) => left - right), killedAgain, problems };
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
