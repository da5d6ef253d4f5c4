import type { ContainerLink } from "../containers/container-pairs.ts";
import type { ContainerSides } from "../containers/containers-shape.ts";
import { bind } from "../containers/plan-containers.ts";
import { type BoundContents, bindContents } from "../contents/bound-contents.ts";
import { containerFailure } from "../membership/read-side.ts";
import type { ContentsPlan, PlannedOperation, Side } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { assertRunning, type OpenSide, openSideOf, type PairRow, type RunContext } from "../runs/run-context.ts";
import { readRunLists } from "../runs/run-lists.ts";
import type { Journal, WrittenItem } from "./journal.ts";
import { refusedItem, type UndoneRun } from "./undo-items.ts";
import { undoLists } from "./undo-list.ts";
import { barred, notKnown, undoPlanOf } from "./undo-plan-parts.ts";

/** What a run has made of the contents of containers. */
export class UndoneContents {
  readonly #context: RunContext;
  readonly #sides: ContainerSides;
  readonly #run: UndoneRun;
  readonly #stored: ReadonlyMap<string, PairRow>;
  readonly #journals: ReadonlyMap<string, Journal>;

  constructor(
    context: RunContext,
    sides: ContainerSides,
    run: UndoneRun,
    stored: ReadonlyMap<string, PairRow>,
    journals: ReadonlyMap<string, Journal>,
  ) {
    this.#context = context;
    this.#sides = sides;
    this.#run = run;
    this.#stored = stored;
    this.#journals = journals;
  }

  /** Why a container that the run made is not to be deleted: somebody has put something into it since. */
  async isAsMade(item: WrittenItem): Promise<Reason | undefined> {
    const open = openSideOf(this.#context, item.side);
    const { collection } = open === this.#context.from ? this.#sides.a : this.#sides.b;
    const children = [...this.#stored.values()].filter(({ container }) => container.endsWith(` ${item.linkKey}`));
    const made = new Map<string, number>();
    for (const { id } of children) {
      const journal = this.#journals.get(id);
      if (journal && (journal.later.source.size > 0 || journal.later.target.size > 0))
        return reason("undo.later-run", {});
      const list = (await readRunLists(this.#context.parts.storage, this.#run.jobId, id))[item.side];
      for (const key of list?.after ?? []) made.set(key, (made.get(key) ?? 0) + 1);
    }
    const contents = bindContents(collection.contents, item.id, undefined);
    if (!(await this.#hasRead(open, contents))) return reason("undo.changed-since", {});
    const isOurs = contents.rows().every(({ id }) => {
      const key = id === undefined ? "" : open.ids.key(id);
      const count = made.get(key) ?? 0;
      made.set(key, count - 1);
      return count > 0;
    });
    return isOurs ? undefined : reason("undo.changed-since", {});
  }

  /** @returns whether the service still has the list, and shows it to this user */
  async #hasRead({ session }: OpenSide, contents: BoundContents): Promise<boolean> {
    try {
      for await (const _ of contents.references.read.list(session, {})) assertRunning(this.#context);
      return true;
    } catch (error) {
      if (containerFailure(error) === undefined) throw error;
      return false;
    }
  }

  /**
   * @param ofContainers what is deleted needs no list any more
   * @returns `undefined`: one of the two lists is gone
   */
  async plan(
    child: PairRow,
    link: ContainerLink,
    journal: Journal,
    ofContainers: readonly PlannedOperation[],
  ): Promise<ContentsPlan | undefined> {
    const context = this.#context;
    const bound = bind(context, this.#sides, link, child);
    const deleted = new Set(
      ofContainers.flatMap(({ on, links }) => (links.some(({ key }) => key === link.key) ? (on ?? []) : [])),
    );
    const runLists = await readRunLists(context.parts.storage, this.#run.jobId, child.id);
    const { lists, notUndone } = this.#possible(journal, runLists, deleted);
    const { a, b } = bound.contents;
    if (!(await this.#hasRead(context.from, a)) || !(await this.#hasRead(context.to, b))) return undefined;
    const steps = await undoLists(bound.context, this.#run, bound.contents, journal, lists);
    const [source, target] = context.from.side === "source" ? [link.aId, link.bId] : [link.bId, link.aId];
    return {
      ...undoPlanOf(bound.context, this.#run, steps, notUndone),
      link: { key: link.key, generation: link.generation },
      containers: { ...(source === undefined ? {} : { source }), ...(target === undefined ? {} : { target }) },
      heldBefore: child.held_plan_hash,
      agreed: steps.agreed,
      ...(steps.agreedOnTarget ? { agreedOnTarget: steps.agreedOnTarget } : {}),
      lists: steps.lists,
      versions: {},
    };
  }

  /** What cannot be put back because a list is gone. */
  async lost(child: PairRow, journal: Journal): Promise<readonly ItemOutcome[]> {
    const runLists = await readRunLists(this.#context.parts.storage, this.#run.jobId, child.id);
    return (["source", "target"] as const).flatMap((side) =>
      runLists[side] ? this.#left(journal, side, reason("undo.changed-since", {})) : [],
    );
  }

  /** Each item; where the list was rearranged only, the list. */
  #left({ written }: Journal, side: Side, why: Reason): readonly ItemOutcome[] {
    const mine = written.filter((item) => item.side === side);
    if (mine.length === 0) return [{ kind: "refused", on: side, reason: why }];
    return mine.map((item) => refusedItem(this.#context, item, why));
  }

  /** The lists that are put back; of the others, why they are not. */
  #possible(
    journal: Journal,
    runLists: Awaited<ReturnType<typeof readRunLists>>,
    deleted: ReadonlySet<Side>,
  ): { readonly lists: typeof runLists; readonly notUndone: readonly ItemOutcome[] } {
    const lists: { -readonly [S in Side]?: (typeof runLists)[S] } = {};
    const notUndone: ItemOutcome[] = [];
    for (const side of ["source", "target"] as const) {
      const list = runLists[side];
      if (!list || deleted.has(side)) continue;
      const open = journal.open.filter((item) => item.side === side);
      const why =
        barred(this.#context, side) ?? (journal.later[side].size > 0 ? reason("undo.later-run", {}) : undefined);
      if (!why && open.length > 0) notUndone.push(...open.map((item) => notKnown(this.#context, item)));
      else if (!why) lists[side] = list;
      else notUndone.push(...this.#left(journal, side, why));
    }
    return { lists, notUndone };
  }
}
