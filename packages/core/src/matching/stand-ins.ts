import { compareVersions } from "./compare-versions.ts";
import { anyYear, type PreparedTrack } from "./prepared-track.ts";

/** True when two tracks are of one version but for tags that a policy lets be on one side only. Symmetric. */
export function isVersionAccepted(a: PreparedTrack, b: PreparedTrack, accepted: ReadonlySet<string>): boolean {
  if (accepted.size === 0) return false;
  return compareVersions(withoutTags(a, accepted), withoutTags(b, accepted)).state !== "disagree";
}

function withoutTags(track: PreparedTrack, accepted: ReadonlySet<string>): PreparedTrack {
  return {
    ...track,
    version: { ...track.version, tags: track.version.tags.filter((tag) => !accepted.has(tag)) },
    context: track.context.filter((tag) => !accepted.has(tag)),
  };
}

/** True when exactly one side, or its album or artist, says that it is somebody else's song. */
export function isLabelledCover(a: PreparedTrack, b: PreparedTrack): boolean {
  return isCover(a) !== isCover(b);
}

function isCover({ version, context }: PreparedTrack): boolean {
  return [...version.tags, ...context].some((tag) => tag === "cover" || tag === "tribute");
}

/** True when only one side is a remaster, or both are, of different years. A remaster without a year is of any. */
export function isOtherRemaster(a: PreparedTrack, b: PreparedTrack): boolean {
  const [yearA, yearB] = [a.version.remasterYear, b.version.remasterYear];
  if (yearA === 0 || yearB === 0) return yearA !== yearB;
  return yearA !== yearB && yearA !== anyYear && yearB !== anyYear;
}
