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
  if (plainA && plainB) {
    if (!isContextEqual(a, b)) return grades["context-one-sided"];
    if (a.version.soft !== b.version.soft) return grades["soft-unconfirmed"];
    return a.version.soft ? grades.same : grades["both-plain"];
  }
  if (a.titleWhole === b.titleWhole) return grades.same;
  if (plainA || plainB) return isImplied(plainA ? a : b, plainA ? b : a) ? grades.partial : grades["one-sided"];
  return compareTags(a.version, b.version);
}

function isContextEqual(a: PreparedTrack, b: PreparedTrack): boolean {
  if (a.context.length === 0 && b.context.length === 0) return true;
  if (a.album !== "" && a.album === b.album) return true;
  return a.context.some((tag) => b.context.includes(tag));
}

/** The title of one side says "live", the album of the other "Live in Oslo". */
function isImplied(plain: PreparedTrack, marked: PreparedTrack): boolean {
  return marked.version.tags.every((tag) => plain.context.includes(tag));
}

function compareTags(a: Version, b: Version): Sign<"version"> {
  const names = compareNames(a.names, b.names);
  if (names === "different") return grades.different;
  if (isEqual(a.tags, b.tags)) {
    if (names === "same") return a.soft === b.soft ? grades.same : grades["soft-unconfirmed"];
    return grades.partial;
  }
  const odd = [...a.tags.filter((tag) => !b.tags.includes(tag)), ...b.tags.filter((tag) => !a.tags.includes(tag))];
  const family = families.find(
    (kinds) => [...a.tags, ...b.tags].some((tag) => kinds.has(tag)) && odd.every((tag) => kinds.has(tag)),
  );
  if (family === undefined) return grades.different;
  const common = a.tags.some((tag) => b.tags.includes(tag)) || (names === "same" && a.names.length > 0);
  return common ? grades.partial : grades.different;
}

function compareNames(a: readonly string[], b: readonly string[]): "same" | "subset" | "different" {
  if (a.length === 0 && b.length === 0) return "same";
  const [fewer, more] = a.length <= b.length ? [a, b] : [b, a];
  if (fewer.length === 0) return "subset";
  const found = fewer.filter((name) => more.some((other) => isNameAlike(name, other))).length;
  if (found === 0 || found * 2 < fewer.length) return "different";
  return found === more.length ? "same" : "subset";
}

/** Equal, or a genitive: "picottos" and "picotto". */
function isNameAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.length >= 4 && longer.startsWith(shorter) && longer.length - shorter.length <= 2;
}

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((tag, i) => tag === b[i]);
