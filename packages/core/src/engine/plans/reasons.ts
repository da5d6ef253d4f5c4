import type { AnySignName } from "../../matching/index.ts";

const signTexts: { readonly [N in AnySignName]?: string } = {
  title: "other titles",
  artists: "other artists",
  numbers: "other parts or numbers",
  version: "other versions",
  length: "of another length",
  explicit: "not the same explicit flag",
  edition: "other editions",
  count: "another number of tracks",
  release: "a single, and not the album, or the other way round",
  name: "other names",
};

/**
 * Why something was planned, held, skipped or refused: stable codes with parameters, and their English texts. A host
 * that wants other words gives its own catalogue to {@link describeReason}. No parameter holds content.
 */
export const reasonTexts = {
  "add.new": (p: { to: string }) => `It is not on ${p.to} yet.`,
  "add.again": (p: { to: string }) => `It was deleted on ${p.to}; a mirror makes it again.`,
  "add.pending": () => "An earlier run found its counterpart but did not get to write it.",
  "link.both": () => "Both sides have it.",
  "link.recovered": () => "An interrupted run had written it after all.",
  "update.edited": (p: { from: string }) => `It was changed on ${p.from}.`,
  "update.drifted": (p: { from: string; to: string }) =>
    `It was changed on ${p.to}; a mirror makes it ${p.from}'s again.`,
  "update.won": (p: { from: string }) => `Both sides had changed it, and ${p.from} wins.`,
  "update.prefix": () => "What stands before the names of copies has changed.",
  "update.rest": () => "An earlier write of it was cut off in its middle; the rest is done.",
  "merge.both": () => "Both sides had changed it; the changes of both are kept.",
  "add.list": (p: { from: string }) => `A playlist is made for what is played on ${p.from}.`,
  "arrange.order": (p: { moves: number; inserts: number; removes: number }) =>
    `The list is put in order: ${p.moves} moved, ${p.inserts} inserted, ${p.removes} removed.`,
  "advance.equal": () => "Both sides became equal by themselves.",
  "advance.moved": () => "The service gave it another id.",
  "conflict.open": () => "Both sides changed it differently; nothing is written until somebody decides.",
  "conflict.oscillating": () => "It was changed back and forth between both sides; it rests for a day.",
  "remove.gone": (p: { from: string }) => `It was removed from ${p.from}.`,
  "remove.by-override": (p: { at: string }) =>
    `It was added to ${p.at} for something that it does not stand for: an override says so.`,
  "remove.past-length": () => "It is beyond the length of the playlist.",
  "remove.prune": (p: { from: string }) => `${p.from} never had it, and prune clears what is only on the other side.`,
  "detach.kept": (p: { from: string; to: string }) => `It was removed from ${p.from}; the copy on ${p.to} is kept.`,
  "suppress.deleted": (p: { to: string }) => `The copy was deleted on ${p.to} and is not made again.`,
  "drop.gone": () => "Neither side has it any more, or something else stands for it.",
  "drop.past-length": () => "It is beyond the length of the playlist.",
  "drop.played-again": () => "It was played again since, or stands in the list anyway, and the list holds it once.",
  "drop.resting": () => "Nothing was found for it a short time ago; it is looked for again with a later play.",
  "drop.forgotten": () => "It was played too long ago to be remembered.",
  "drop.by-override": () => "An override says that the two are not the same.",
  "undo.added": () => "A run had added it; that is taken back.",
  "undo.removed": () => "A run had removed it; it is put back.",
  "undo.arranged": (p: { moves: number; inserts: number; removes: number }) =>
    `A run had rearranged the list; it is put back: ${p.moves} moved, ${p.inserts} inserted, ${p.removes} removed.`,
  "undo.created": () => "A run had made it; it is deleted again.",
  "undo.no-content": () => "What it was before is not kept, so nobody can put it back.",
  "undo.by-override": () => "An override asks for it; change the override instead.",
  "undo.in-ring": () => "Other pairs of the user carry it on in a ring, and would take it for the user's own wish.",
  "undo.changed-since": () => "It is not what that run made of it any more, and is left as it is.",
  "undo.later-run": () => "A later run has written it; undo that run first.",
  "undo.of-plays": () => "It tells what was played; delete the playlist instead, and no other one is made.",
  "undo.not-written": () => "The pair does not write to that side any more.",
  "match.by-override": () => "An override says that the two are the same.",

  "unmatched.not-found": (p: { to: string }) => `Nothing of the kind was found on ${p.to}.`,
  "unmatched.refused": (p: { to: string; offered: number; sign: AnySignName }) =>
    `${p.to} offers ${p.offered} alike, but not it: ${signTexts[p.sign] ?? p.sign}.`,
  "unmatched.unlike": (p: { to: string; offered: number; confidence: number }) =>
    `${p.to} offers ${p.offered} alike; the best of them is only ${Math.round(p.confidence * 100)} % sure.`,
  "unmatched.unplayable": (p: { to: string }) => `${p.to} has it, but not playable for this user.`,
  "unmatched.by-override": (p: { to: string }) => `An override says that ${p.to} has nothing that stands for it.`,
  "unmatched.ruled-out": (p: { to: string }) => `Overrides rule out all that ${p.to} offers for it.`,
  "unmatched.uncertain": (p: { confidence: number }) =>
    `The best candidate is only ${Math.round(p.confidence * 100)} % sure, below the threshold.`,
  "unmatched.ambiguous": () => "Several items may be the same thing, and nothing tells which.",
  "unmatched.not-listed": (p: { at: string }) =>
    `The pair's selection names it, and ${p.at} does not list it: it is gone, or the id is another's.`,
  "unmatched.failed": () => "Looking it up failed; it is tried again by the next run.",
  "unsyncable.local-file": () => "It is a local file, which no other service can hold.",
  "unsyncable.upload": () => "It is a personal upload, which no other service can hold.",
  "unsyncable.episode": () => "It is an episode, not a recording.",
  "unsyncable.followed": () => "It belongs to somebody else; no copy is made of it.",
  "unsyncable.shown-elsewhere": () => "It shows another collection and is synced as that.",
  "unsyncable.copies": (p: { to: string; count: number }) =>
    `${p.to} holds each item once; ${p.count} further copies stay where they are.`,
  "unsyncable.no-room": (p: { to: string; count: number }) => `The list on ${p.to} is full; ${p.count} have no room.`,
  "unsyncable.unsupported": () => "It is of a kind that cannot be synced.",
  "unsyncable.still-there": (p: { at: string }) =>
    `It was removed from ${p.at}, which said so and shows it still; it has to be removed there by hand.`,
  "unsyncable.unreadable": () => "The service lists it without content; nothing is concluded from that.",

  "refused.by-service": (p: { detail: string }) => `The service refused it (${p.detail}).`,
  "refused.not-found": () => "The service does not know the id that was to be written.",
  "refused.override-unknown": () => "The service does not know the id that an override names.",
  "refused.collection-full": () => "The collection is full.",
  "refused.precondition-moved": () => "It changed after it was planned; plan again.",
  "refused.taken-down": () => "The service itself withdrew it; nobody removed it.",
  "refused.outcome-unknown": () => "The service's answer was lost; the next run looks before repeating it.",
  "refused.settling": () => "It was written a moment ago and may not show it yet; the next run looks at it.",
  "refused.unreachable": () => "The service did not let it be read; the next run tries again.",
  "refused.not-reached": () => "The run ended before it got there; the next run goes on.",

  "hold.mass-removal": () => "More is missing than a person would remove in a day.",
  "hold.mass-change": () => "More was changed at once than a person would change.",
  "hold.side-empty": () => "One side lists nothing at all although it had items.",
  "hold.needs-confirmation": () => "This plan is the first of its kind for the pair and takes things away.",

  "pair.account-changed": () => "The connection now belongs to another account.",
  "pair.container-gone": () => "The service no longer has the collection.",
  "pair.permission-lost": () => "The service no longer allows the collection to be read or written.",
  "pair.paused-by-host": () => "It was paused.",
} as const;

export type ReasonCode = keyof typeof reasonTexts;
export type ReasonParams<C extends ReasonCode> =
  Parameters<(typeof reasonTexts)[C]> extends [infer P] ? P : Record<never, never>;

/** One reason: a code and what its text needs. */
export type Reason = { readonly [C in ReasonCode]: { readonly code: C; readonly params: ReasonParams<C> } }[ReasonCode];

export type ReasonCatalogue = { readonly [C in ReasonCode]?: (params: ReasonParams<C>) => string };

export function reason<C extends ReasonCode>(code: C, params: ReasonParams<C>): Reason {
  return { code, params } as Reason;
}

/** The reason's text, from the host's catalogue where that has one. */
export function describeReason({ code, params }: Reason, catalogue?: ReasonCatalogue): string {
  const text = (catalogue?.[code] ?? reasonTexts[code]) as (params: ReasonParams<ReasonCode>) => string;
  return text(params);
}
