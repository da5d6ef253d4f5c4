import { z } from "zod";

/** Ids of containers, as each side's service calls them. */
export interface ContainerIdsBySide {
  readonly source?: readonly string[];
  readonly target?: readonly string[];
}

/** Compared in Unicode NFC, whatever their case and the space around them. Nothing else is overlooked. */
export type NameRule = { readonly equals: string } | { readonly startsWith: string };

/**
 * Which containers (playlists) are synced. All that is given has to hold; `{}` is all of them. What is left out is left
 * as it is on both sides: not made, changed or deleted, and nor is what it holds. Its links stay, so that it goes on where
 * it was once it is chosen again.
 *
 * Ids name a container on either side, and mean its counterpart too, whatever both are called by now. Rules are asked of the
 * side that is read; two-way, of both. Of two linked containers the longer one has the size.
 */
export interface ContainerSelection {
  /** Only these. One that its service does not list is reported (`unmatched.not-listed`). */
  readonly ids?: ContainerIdsBySide;
  /** Not these. */
  readonly exceptIds?: ContainerIdsBySide;
  /** Only what the user owns, and not what others share with the user. Default `false`. */
  readonly ownedOnly?: boolean;
  /** Only what is called like one of these, a prefix of the pair left aside. Renamed otherwise, it is left out from then on. */
  readonly names?: readonly NameRule[];
  /** Only what holds at least, or at most, so many entries. What does not tell its size is not left out. */
  readonly size?: { readonly min?: number; readonly max?: number };
}

/**
 * What stands before the names of copies, by the side that they are on: `{ target: "[Spotify] " }`. Names are paired and
 * compared without it, and a renaming keeps it. Where it changes, copies that carry the earlier one are renamed by the next
 * run; what carries none stays so, because a user may have made it. Empty text takes it away.
 */
export interface NamePrefix {
  readonly source?: string;
  readonly target?: string;
}

const MOST_IDS = 1_000;
const MOST_NAMES = 100;
const LONGEST_NAME = 200;
const LONGEST_PREFIX = 50;

/** What no request can carry would fail each run of the pair, and not only the one item. */
export const externalId = z
  .string()
  .min(1, "an id is not empty")
  .max(2_000)
  .refine((value) => value.isWellFormed() && !/\p{Cc}|^\.{1,2}$/u.test(value), "no service has such an id");

const typed = z
  .string()
  .refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), "no line breaks and control characters")
  .transform((text) => text.normalize("NFC"));

const idList = z
  .array(externalId.max(200, "an id has at most 200 characters"))
  .min(1, "name at least one, or leave it out; to sync none, pause the pair")
  .max(MOST_IDS, `at most ${MOST_IDS}; say what to leave out, or give a rule`);
const idsBySide = z
  .strictObject({ source: idList.optional(), target: idList.optional() })
  .refine(({ source, target }) => source || target, 'name a side: { source: ["…"] } or { target: ["…"] }');

const name = typed
  .refine((text) => text.trim() !== "", "a name is not empty")
  .refine((text) => text.length <= LONGEST_NAME, `at most ${LONGEST_NAME} characters`);
const rule = z.union(
  [z.strictObject({ equals: name }), z.strictObject({ startsWith: name })],
  'give { equals: "…" } or { startsWith: "…" }, with a text of 1 to 200 characters',
);
const length = z.int("a whole number").min(0, "0 or more");

export const selectionSchema = z
  .strictObject({
    ids: idsBySide.optional(),
    exceptIds: idsBySide.optional(),
    ownedOnly: z.boolean().optional(),
    names: z
      .array(rule)
      .min(1, "give at least one name, or leave it out")
      .max(MOST_NAMES, `at most ${MOST_NAMES} names`)
      .optional(),
    size: z
      .strictObject({ min: length.optional(), max: length.optional() })
      .refine(({ min = 0, max }) => max === undefined || min <= max, "min is not above max")
      .optional(),
  })
  .superRefine(({ ids, exceptIds }, context) => {
    for (const side of ["source", "target"] as const) {
      const out = new Set(exceptIds?.[side]);
      if (!ids?.[side]?.some((id) => out.has(id))) continue;
      const message = "an id is among `ids`, too; take it out of one of them";
      context.addIssue({ code: "custom", path: ["exceptIds", side], message });
    }
  });

const prefix = typed
  .refine((text) => text.length <= LONGEST_PREFIX, `at most ${LONGEST_PREFIX} characters`)
  .refine((text) => !/^\s|\s\s/.test(text), "no space at its beginning, nor two in a row: services take them out");

export const prefixSchema = z.strictObject({ source: prefix.optional(), target: prefix.optional() });

/** The same selection in one form, so that equal ones have equal text; `undefined`: everything is selected. */
export function selectionText(selection: ContainerSelection): string | undefined {
  const { ids, exceptIds, ownedOnly, names, size } = selection;
  const parts = [
    ["ids", idsInOrder(ids)],
    ["exceptIds", idsInOrder(exceptIds)],
    ["ownedOnly", ownedOnly || undefined],
    ["names", names && inOrder(names.map((each) => JSON.stringify(each))).map((text) => JSON.parse(text) as NameRule)],
    ["size", sizeInOrder(size)],
  ].filter(([, value]) => value !== undefined);
  return parts.length === 0 ? undefined : JSON.stringify(Object.fromEntries(parts));
}

function idsInOrder(ids: ContainerIdsBySide | undefined): ContainerIdsBySide | undefined {
  if (!ids) return undefined;
  const { source, target } = ids;
  return { ...(source ? { source: inOrder(source) } : {}), ...(target ? { target: inOrder(target) } : {}) };
}

function inOrder(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** "At least none" is no rule. */
function sizeInOrder(size: ContainerSelection["size"]): ContainerSelection["size"] {
  const { min = 0, max } = size ?? {};
  if (min === 0 && max === undefined) return undefined;
  return { ...(min === 0 ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
