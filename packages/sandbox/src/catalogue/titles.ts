/** How Deezer writes a title that Spotify writes with a dash tail: the version goes into brackets and a field of its own. */
export interface DeezerTitle {
  readonly title: string;
  readonly titleShort: string;
  readonly titleVersion: string;
}

/**
 * Words that show that a dash tail names a version or a source rather than being a part of the title. Only for
 * writing titles the way the other service does; no judgement about which recordings are equal.
 */
const VERSION_WORDS =
  /\b(?:remaster(?:ed)?|remix|mix|edit|version|wersja|versie|versio|live|ao vivo|en vivo|acoustic|akustik|instrumental|mono|stereo|demo|session|unplugged|from|aus|soundtrack|original|extended|radio|single|album|bonus|rework|vip|dub|take|karaoke|in the style of|sped up|feat\.?|ft\.?)\b/i;

const REMASTER = /\bremaster(?:ed)?\b/i;

/**
 * @param spotifyTitle the title as shown on Spotify
 * @param guests names to put into the title, none for most tracks
 * @param omitRemaster whether a remark that says no more than "remaster" is dropped
 */
export function toDeezerTitle(spotifyTitle: string, guests: readonly string[], omitRemaster: boolean): DeezerTitle {
  const { stem, versions } = partVersions(spotifyTitle);
  const kept = omitRemaster ? versions.filter((version) => !REMASTER.test(version)) : versions;
  const withGuests = guests.length === 0 ? kept : [`feat. ${joinNames(guests)}`, ...kept];
  const titleVersion = withGuests.map((version) => `(${version})`).join(" ");
  return { title: titleVersion === "" ? stem : `${stem} ${titleVersion}`, titleShort: stem, titleVersion };
}

/** Titles that already name guests get no second mention. */
export function namesGuests(title: string): boolean {
  return /[([ ](?:feat\.?|ft\.?|featuring|with) /i.test(title);
}

/** The title without dash tails and brackets that name a version. */
export function titleStem(title: string): string {
  return partVersions(title).stem;
}

function partVersions(title: string): { stem: string; versions: string[] } {
  const [head = title, ...tails] = title.split(" - ");
  const versions: string[] = [];
  let stem = head;
  for (const tail of tails) {
    if (VERSION_WORDS.test(tail)) versions.push(tail.replaceAll(/[()]/g, ""));
    else stem += ` - ${tail}`;
  }
  const bracket = /^(.+?) [([]([^()[\]]+)[)\]]$/.exec(stem);
  if (bracket?.[1] !== undefined && bracket[2] !== undefined && VERSION_WORDS.test(bracket[2])) {
    return { stem: bracket[1], versions: [bracket[2], ...versions] };
  }
  return { stem, versions };
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} & ${names.at(-1)}`;
}
