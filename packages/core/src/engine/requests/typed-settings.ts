import { sealContext } from "../../crypto/index.ts";
import { noPrefixes, type Prefixes } from "../containers/name-prefix.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { Side } from "../plans/plan.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { SyncOptions } from "./request.ts";
import { type ContainerSelection, type NamePrefix, selectionText } from "./selection.ts";

/** What people typed into a pair, opened. Content; lives in memory only. */
export interface TypedSettings {
  readonly select: ContainerSelection;
  /** Of documents; `{}`: none. */
  readonly rules: object;
  readonly prefixes: { readonly [S in Side]: Prefixes };
}

type Columns = Pick<PairRow, "selection_sealed" | "selection_hash" | "prefix_sealed" | "prefix_hash">;
type Parts = Pick<EngineParts, "encryption" | "hashes" | "clock">;
type Owner = Pick<PairRow, "id" | "tenant_id">;

/** Nothing typed. */
export const noTypedSettings = {
  selection_sealed: null,
  selection_hash: null,
  prefix_sealed: null,
  prefix_hash: null,
} as const satisfies Columns;

/** So many earlier prefixes of a side are known; whoever changes it more often has copies that carry none of these. */
const MOST_FORMER = 50;

/**
 * The columns that hold what was typed into a pair: ciphertext, and a keyed hash that tells whether it changed. What is the
 * same as before keeps the ciphertext it has.
 */
export async function typedSettings(
  parts: Parts,
  owner: Owner,
  stored: (Columns & Owner) | undefined,
  { select, rules, prefix }: Pick<SyncOptions, "select" | "rules" | "prefix">,
): Promise<Columns> {
  const { selection_sealed, selection_hash, prefix_sealed, prefix_hash } = stored ?? noTypedSettings;
  const selected = select ? selectionText(select) : rules && rulesText(rules);
  return {
    ...(select || rules
      ? await selectionColumns(parts, owner, stored, selected)
      : { selection_sealed, selection_hash }),
    ...(prefix ? await prefixColumns(parts, owner, stored, prefix) : { prefix_sealed, prefix_hash }),
  };
}

/** @throws {CryptoError} what is stored does not open */
export async function openTypedSettings(parts: Parts, row: Columns & Owner): Promise<TypedSettings> {
  const { selection_sealed } = row;
  const context = sealContext("sync_pairs", "selection_sealed", row);
  const select = selection_sealed === null ? "{}" : await parts.encryption.open(selection_sealed, context);
  // Checked when it was typed, and nobody else can have sealed it.
  const { rules = {}, ...selection } = JSON.parse(select) as ContainerSelection & { readonly rules?: object };
  return { select: selection, rules, prefixes: await openPrefixes(parts, row) };
}

/** As it was asked for; `{}` for none. */
export function shownPrefix({ prefixes: { source, target } }: TypedSettings): NamePrefix {
  return {
    ...(source.now === "" ? {} : { source: source.now }),
    ...(target.now === "" ? {} : { target: target.now }),
  };
}

/** Containers are selected, and documents have rules; no pair has both. What a schema lets through is in the order of the schema. */
function rulesText(rules: object): string | undefined {
  return Object.keys(rules).length === 0 ? undefined : JSON.stringify({ rules });
}

async function selectionColumns(parts: Parts, owner: Owner, stored: Columns | undefined, text: string | undefined) {
  if (text === undefined) return { selection_sealed: null, selection_hash: null };
  const selection_hash = (await parts.hashes.forTenant(owner.tenant_id)).hash("selection", text);
  const sealed = stored?.selection_hash === selection_hash ? stored.selection_sealed : null;
  const context = sealContext("sync_pairs", "selection_sealed", owner);
  return { selection_hash, selection_sealed: sealed ?? (await parts.encryption.seal(text, context)) };
}

async function prefixColumns(
  parts: Parts,
  owner: Owner,
  stored: (Columns & Owner) | undefined,
  prefix: NamePrefix,
): Promise<Pick<Columns, "prefix_sealed" | "prefix_hash">> {
  const before = stored ? await openPrefixes(parts, stored) : { source: noPrefixes, target: noPrefixes };
  const nowMs = parts.clock.now();
  const source = changed(before.source, prefix.source, nowMs);
  const target = changed(before.target, prefix.target, nowMs);
  if (stored && source === before.source && target === before.target) {
    return { prefix_sealed: stored.prefix_sealed, prefix_hash: stored.prefix_hash };
  }
  if (source === noPrefixes && target === noPrefixes) return { prefix_sealed: null, prefix_hash: null };
  const hasher = await parts.hashes.forTenant(owner.tenant_id);
  const context = sealContext("sync_pairs", "prefix_sealed", owner);
  return {
    prefix_sealed: await parts.encryption.seal(JSON.stringify({ source, target }), context),
    prefix_hash: hasher.hash("prefix", JSON.stringify([source.now, target.now])),
  };
}

function changed(before: Prefixes, now: string | undefined, untilMs: number): Prefixes {
  if (now === undefined || now === before.now) return before;
  const last = before.now === "" ? [] : [{ text: before.now, untilMs }];
  const earlier = before.former.filter(({ text }) => text !== now && text !== before.now);
  return { now, former: [...last, ...earlier].slice(0, MOST_FORMER) };
}

async function openPrefixes({ encryption }: Parts, row: Columns & Owner): Promise<TypedSettings["prefixes"]> {
  if (row.prefix_sealed === null) return { source: noPrefixes, target: noPrefixes };
  const text = await encryption.open(row.prefix_sealed, sealContext("sync_pairs", "prefix_sealed", row));
  return JSON.parse(text) as TypedSettings["prefixes"];
}
