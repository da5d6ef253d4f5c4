import type { UniversalTrack } from "../items/index.ts";

/** A title and what a careless export of a shop put behind it. */
export interface CutTitle {
  readonly title: string;
  /** The length that stood there, in milliseconds. */
  readonly durationMs?: number;
}

/** Prices, years, days and lengths have one in common; most titles have none. */
const hint = /\d/;
const months =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
/** A price, a copyright line, a day: no title goes on after one. Each alternative is bounded, so that the search is linear. */
const storeData = new RegExp(
  [
    " [$€£] ?\\d{1,3}[.,]\\d\\d(?= |$)",
    " (?:[©℗]|\\([cp]\\)) ?(?:19|20)\\d\\d(?= |$)",
    " (?:19|20)\\d\\d (?:[^ ]{1,30} ){1,6}?(?:records?|recordings?|entertainment|corporation|company|llc|inc|ltd|gmbh)(?= |[.,]|$)",
    ` \\d{1,2}-(?:${months})-(?:\\d\\d){1,2}(?= |$)`,
    ` (?:${months}) \\d{1,2} ?, ?(?:19|20)\\d\\d(?= |$)`,
  ].join("|"),
  "i",
);
const sameLengthMs = 2_000;
const closingTime = / (\d{1,2}):([0-5]\d)$/;
/** Longer than any real title with all its data; nothing is looked for in what comes after. */
const reach = 600;

/**
 * Takes prices, copyright lines, days and the length off the end of a title, as rows of shops have them when their
 * columns have run together. A length alone ("John 3:16") belongs to the title, unless it is the track's own or the
 * track has none or no artist.
 */
export function cutStoreData({ title, artists, durationMs }: UniversalTrack): CutTitle {
  if (title.length > reach || !hint.test(title)) return { title };
  const found = storeData.exec(title);
  const start = found === null || found.index === 0 ? title : title.slice(0, found.index);
  const isCut = start !== title;
  const after = isCut ? / (\d{1,2}):([0-5]\d)(?= |$)/.exec(title.slice(start.length)) : null;
  const closing = closingTime.exec(start);
  const isLength = isCut || artists.length === 0 || !durationMs || Math.abs(msOf(closing) - durationMs) <= sameLengthMs;
  const time = isLength && closing !== null && closing.index > 0 ? closing : null;
  const lengthMs = msOf(time ?? after);
  return {
    title: time === null ? start : start.slice(0, time.index),
    ...(lengthMs === 0 ? {} : { durationMs: lengthMs }),
  };
}

const msOf = (time: RegExpExecArray | null): number =>
  time === null ? 0 : (Number(time[1]) * 60 + Number(time[2])) * 1_000;
