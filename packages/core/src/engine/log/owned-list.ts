import { type DocumentState, type OrderedWriter, receiverOf, ServiceError } from "../../contract/index.ts";
import type { AnyContainers } from "../containers/container-side.ts";
import { isShown } from "../containers/hidden-containers.ts";
import { type BoundContents, bindContents } from "../contents/bound-contents.ts";
import type { StoredLink } from "../links/links.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import type { OpenCalls } from "./open-calls.ts";
import { listKey } from "./plays.ts";

/** Collections of playlists that can be made and filled. */
export type WritableLists = AnyContainers & {
  readonly write: NonNullable<AnyContainers["write"]>;
  readonly contents: AnyContainers["contents"] & { readonly write: OrderedWriter };
};

/** The playlist that takes the plays, as it is now. */
export type OwnedList =
  /** There is none yet. */
  | { readonly state: "none" }
  /** It is there. `isUnfinished`: it may be seen by others, because a run ended between making and hiding it. */
  | {
      readonly state: "there";
      readonly found: DocumentState<unknown>;
      readonly contents: BoundContents;
      readonly isUnfinished: boolean;
    }
  /** Its user deleted it. */
  | { readonly state: "gone"; readonly id: string }
  /** What it is cannot be told yet: the service may show what was before our last calls. */
  | { readonly state: "settling" };

/** @throws {TypeError} the provider lost the collection since the pair was made */
export function listsOf({ pair, from, to }: Pick<RunContext, "pair" | "from" | "to">): WritableLists {
  const collection = receiverOf(from.provider, to.provider, pair.sync_type);
  const { write, contents } = collection?.shape === "containers" ? collection : {};
  if (collection?.shape !== "containers" || !write || !contents?.write) {
    throw new TypeError(`${to.provider.name} has no playlists that can be written`);
  }
  return { ...collection, write, contents: { ...contents, write: contents.write } };
}

export interface ListQuestion {
  readonly lists: WritableLists;
  readonly link: StoredLink | undefined;
  /** The service's id of it, if it is known. */
  readonly id: string | undefined;
  readonly calls: OpenCalls;
  /** What it was made with. */
  readonly name: string;
  readonly operationId: string;
}

/** Looks at the playlist: by its id, or for one that a call of which nobody knows may have made. */
export async function readOwnedList(context: RunContext, question: ListQuestion): Promise<OwnedList> {
  const { lists, link, id, calls } = question;
  if (id !== undefined) return await readById(context, question, id);
  if (link?.state !== "pending" || !calls.hasOpenCreation) return { state: "none" };
  const made = await findMade(context, question);
  if (made) return await readContents(context, lists, made, true);
  return calls.isCreationSettling ? { state: "settling" } : { state: "none" };
}

async function readById(context: RunContext, { lists, link, calls }: ListQuestion, id: string): Promise<OwnedList> {
  const answer = await lists.read.get(context.to.session, id);
  if (answer.state === "gone") return calls.isCreationSettling ? { state: "settling" } : { state: "gone", id };
  if (calls.isSettling) return { state: "settling" };
  return await readContents(context, lists, answer, link?.state === "pending");
}

async function readContents(
  context: RunContext,
  lists: WritableLists,
  found: DocumentState<unknown>,
  isMade: boolean,
): Promise<OwnedList> {
  const contents = bindContents(lists.contents, found.id, undefined);
  try {
    await readEntries(context, contents);
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "not-found") return { state: "gone", id: found.id };
    throw error;
  }
  return { state: "there", found, contents, isUnfinished: isMade && isShown(lists, found.native) };
}

/** Reads what a playlist holds. */
export async function readEntries(context: RunContext, contents: BoundContents): Promise<void> {
  for await (const _ of contents.references.read.list(context.to.session, {})) assertRunning(context);
}

/**
 * What a lost call has made: named by the operation where the service keeps that, else the user's own that is called so and holds
 * nothing.
 */
async function findMade(
  context: RunContext,
  { lists, name, operationId }: ListQuestion,
): Promise<DocumentState<unknown> | undefined> {
  const { session } = context.to;
  let alike: DocumentState<unknown> | undefined;
  for await (const { entries } of lists.read.list(session, {})) {
    assertRunning(context);
    for (const entry of entries) {
      if (entry.state !== "listed") continue;
      if (entry.id === operationId || entry.marker === operationId) return entry;
      const { access, size = 0, shows } = lists.facts(entry.native, session);
      const { name: called } = lists.toUniversal(entry.native) as { readonly name?: string };
      if (called === name && access === "owned" && size === 0 && shows === undefined) alike ??= entry;
    }
  }
  return lists.write.identity === "none" ? alike : undefined;
}

/** The service's id of the playlist, as its link has it. */
export async function readListId({ parts, pair, to }: RunContext): Promise<string | undefined> {
  const [row] = await parts.storage.select({
    table: "links",
    columns: ["source_id", "source_sealed", "target_id", "target_sealed"],
    where: { pair_id: pair.id, link_key: listKey(to.side), state: "linked" },
  });
  const isSource = to.side === "source";
  const key = isSource ? row?.source_id : row?.target_id;
  if (!row || key == null) return undefined;
  const sealed = isSource ? row.source_sealed : row.target_sealed;
  const owner = { tenant_id: pair.tenant_id, pair_id: pair.id };
  const [id] = await to.ids.open([{ key, sealed }], {
    table: "links",
    column: isSource ? "source_sealed" : "target_sealed",
    owner,
  });
  return id;
}
