import { editSimilarity, isSlip } from "./edit-similarity.ts";
import type { PreparedTrack, Version } from "./prepared-track.ts";
import { type Sign, sign } from "./signs.ts";

const grades = sign.version;
/** Kinds of one recording that catalogues use side by side: an unplugged take is live, a remix may be called an edit. */
const families: readonly ReadonlySet<string>[] = [
  new Set(["live", "unplugged", "acoustic", "session"]),
  new Set(["mix", "edit", "club", "version"]),
  new Set(["cover", "tribute", "karaoke", "version"]),
  new Set(["take", "demo", "alternate", "version", "session"]),
  new Set(["slowed", "reverb"]),
];

/**
 * What the tails say about the recording; symmetric. A soft word on one side comes out as `soft-unconfirmed`: whoever
 * knows the length decides.
 */
export function compareVersions(a: PreparedTrack, b: PreparedTrack): Sign<"version"> {
  const plainA = a.version.tags.length === 0;
  const plainB = b.version.tags.length === 0;
  if (plainA !== plainB) return isImplied(plainA ? a : b, plainA ? b : a) ? grades.partial : grades["one-sided"];
  const tags = plainA
    ? compareSoft(a, b)
    : a.titleWhole === b.titleWhole
      ? grades.same
      : compareTags(a.version, b.version);
  return tags.grade === "different" || isContextEqual(a, b) ? tags : grades["context-one-sided"];
}

function compareSoft(a: PreparedTrack, b: PreparedTrack): Sign<"version"> {
  if (a.version.soft !== b.version.soft) return grades["soft-unconfirmed"];
  return a.version.soft ? grades.same : grades["both-plain"];
}

/** What the album and the artist of one side say is said somewhere on the other side. */
function isContextEqual(a: PreparedTrack, b: PreparedTrack): boolean {
  if (a.context.length === 0 && b.context.length === 0) return true;
  return isSaid(a.context, b) && isSaid(b.context, a);
}

function isSaid(context: readonly string[], other: PreparedTrack): boolean {
  return context.every((tag) => other.context.includes(tag) || other.version.tags.includes(tag));
}

/** The title of one side says "live", the album of the other "Live in Oslo". */
function isImplied(plain: PreparedTrack, marked: PreparedTrack): boolean {
  return marked.version.tags.every((tag) => plain.context.includes(tag));
}

function compareTags(a: Version, b: Version): Sign<"version"> {
  const names = compareNames(a.names, b.names);
  if (names === "different") return grades.different;
  if (isEqual(a.tags, b.tags)) {
    if (names === "overlapping") return grades["one-sided"];
    if (names === "subset") return grades.partial;
    return a.soft === b.soft ? grades.same : grades["soft-unconfirmed"];
  }
  if (names === "overlapping") return grades["one-sided"];
  const odd = [...a.tags.filter((tag) => !b.tags.includes(tag)), ...b.tags.filter((tag) => !a.tags.includes(tag))];
  const areKin = families.some(
    (kinds) => odd.every((tag) => kinds.has(tag)) && [a, b].every(({ tags }) => tags.some((tag) => kinds.has(tag))),
  );
  if (!areKin) return grades.different;
  // "Club Mix" is not the "Nova Remix": without the same name, other words mean another one.
  const common = names === "same" && (a.names.length > 0 || a.tags.some((tag) => b.tags.includes(tag)));
  if (!common) return grades.different;
  // "Nova Remix" and "Nova Radio Edit": the same hands, but a cut or not, which the length has to tell.
  return odd.includes("edit") && odd.every(isCut) ? grades["soft-unconfirmed"] : grades.partial;
}

const isCut = (tag: string): boolean => tag === "edit" || tag === "mix";

/** `subset`: one side names it more closely; `overlapping`: each side names something that the other does not. */
function compareNames(a: readonly string[], b: readonly string[]): "same" | "subset" | "overlapping" | "different" {
  const found = a.filter((name) => b.some((other) => isNameAlike(name, other))).length;
  if (found === a.length && found === b.length) return "same";
  if (found >= Math.min(a.length, b.length)) return "subset";
  return found === 0 ? "different" : "overlapping";
}

/** Equal, a genitive ("picottos" and "picotto"), or a typing error. */
function isNameAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (shorter.length < 4) return false;
  return (
    (longer.startsWith(shorter) && longer.length - shorter.length <= 2) ||
    isSlip(a, b) ||
    editSimilarity(a, b, -1, -1, 0.8) > 0
  );
}

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((tag, i) => tag === b[i]);
