import { classifyTail, type TailReading } from "./classify-tail.ts";
import { fold, squash, unifyPunctuation } from "./fold.ts";
import type { Version } from "./prepared-track.ts";
import { splitTails, type Tail } from "./tails.ts";
import { mendBrackets } from "./torn-brackets.ts";

/** A title sorted into the title itself, guests, version and flags. */
export interface TitleReading {
  /** Folded words of the title without tails. */
  readonly words: string;
  /** Folded title tails in order. */
  readonly tails: readonly string[];
  /** Folded title with title tails and version words, without spaces. */
  readonly whole: string;
  readonly guests: readonly string[];
  readonly version: Version;
  readonly explicit: boolean | undefined;
  readonly video: boolean;
  /** Nothing was taken off: the words are all that stands in the field. */
  readonly bare: boolean;
  /** The folded head and title tails after dashes, which may be "Artist - Title"; empty without a dash. */
  readonly dashed: readonly string[];
}

const plain: Version = { tags: [], names: [], soft: false, remasterYear: 0 };
/** More words than any name of a version has. */
const mostNames = 24;
const none: readonly string[] = [];

const looseGuests = / (?:feat|ft|featuring)\.? (?=\S)/i;
// What stands unbracketed at the end of titles and is never a word of the title there.
const looseVersion =
  / (?:remix|rmx|karaoke|instrumental|unplugged|nightcore|(?:acoustic|live|radio|extended|karaoke|instrumental|club|original|album|single|piano) (?:version|edit|mix))$/i;
const looseNeutral =
  / (?:official (?:music |lyrics? )?(?:video|audio)|lyrics? video|(?:with )?lyrics|hq|hd|4k|uhd|1080p|720p|m\/?v)$/i;
/** Longer than any loose tail: a pattern that ends in `$` then looks at little, however long the title is. */
const looseReach = 60;

/** @param version the service's own version field; read like a dash tail */
export function readTitle(title: string, version: string | undefined): TitleReading {
  const text = mendBrackets(unifyPunctuation(title));
  const parts = splitTails(text, (bracket) => classifyTail(bracket).kind === "title");
  const loose: Tail[] = [];
  const head = cutLooseTails(parts.head.trim(), loose);
  if (loose.length === 0 && parts.tails.length === 0 && !version) return bare(fold(head));
  const tails = [...loose, ...parts.tails.flatMap(cutGuests).flatMap(cutNeutral)];
  if (version) tails.push({ text: unifyPunctuation(version), inBrackets: false });
  return sortTails(head, tails);
}

function bare(words: string): TitleReading {
  const whole = squash(words);
  return {
    words,
    tails: none,
    whole,
    guests: none,
    version: plain,
    explicit: undefined,
    video: false,
    bare: true,
    dashed: none,
  };
}

/** "- Radio Edit feat. Ann": the guests are no part of the version. */
function cutGuests(tail: Tail): readonly Tail[] {
  const guests = tail.inBrackets ? null : looseGuests.exec(tail.text);
  if (!guests || guests.index === 0) return [tail];
  const names = tail.text.slice(guests.index + guests[0].length);
  return [
    { ...tail, text: tail.text.slice(0, guests.index) },
    { text: `feat. ${names}`, inBrackets: true },
  ];
}

function cutLooseTails(head: string, loose: Tail[]): string {
  let rest = head;
  const guests = looseGuests.exec(rest);
  if (guests && guests.index > 0) {
    loose.push({ text: `feat. ${rest.slice(guests.index + guests[0].length)}`, inBrackets: true });
    rest = rest.slice(0, guests.index);
  }
  for (const pattern of [looseNeutral, looseVersion]) {
    const found = atEnd(pattern, rest);
    if (!found) continue;
    loose.push({ text: found[0].trim(), inBrackets: false });
    rest = rest.slice(0, rest.length - found[0].length);
  }
  return rest;
}

const atEnd = (pattern: RegExp, text: string): RegExpExecArray | null =>
  pattern.exec(text.length > looseReach ? text.slice(-looseReach) : text);

/** "Ann Vale - Paper Kites official video": what follows the dash is not all of one kind. */
function cutNeutral(tail: Tail): readonly Tail[] {
  const found = tail.inBrackets ? null : atEnd(looseNeutral, tail.text);
  if (!found) return [tail];
  return [
    { ...tail, text: tail.text.slice(0, tail.text.length - found[0].length) },
    { text: found[0].trim(), inBrackets: false },
  ];
}

function sortTails(head: string, tails: readonly Tail[]): TitleReading {
  const words = fold(head);
  const guests: string[] = [];
  const titleTails: string[] = [];
  const dashed: string[] = [];
  let whole = words;
  let version = plain;
  let explicit: boolean | undefined;
  let video = false;
  for (const tail of tails) {
    const reading = classifyTail(tail.text);
    if (reading.kind === "guests") guests.push(reading.names);
    else if (reading.kind === "neutral") {
      explicit = reading.explicit ?? explicit;
      video ||= reading.video ?? false;
      if (reading.remasterYear) version = { ...version, remasterYear: reading.remasterYear };
    } else {
      whole += ` ${fold(tail.text)}`;
      if (reading.kind !== "title") version = addVersion(version, reading);
      else {
        titleTails.push(reading.folded);
        if (!tail.inBrackets) dashed.push(reading.folded);
      }
    }
  }
  if (dashed.length > 0) dashed.unshift(words);
  return { words, tails: titleTails, whole: squash(whole), guests, version, explicit, video, bare: false, dashed };
}

function addVersion(version: Version, reading: TailReading): Version {
  if (reading.kind === "soft") return { ...version, soft: true };
  if (reading.kind !== "version") return version;
  return {
    ...version,
    tags: [...new Set([...version.tags, ...reading.tags])].sort(),
    names: [...new Set([...version.names, ...reading.names])].slice(0, mostNames).sort(),
  };
}
