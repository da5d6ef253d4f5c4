import { editSimilarity } from "./edit-similarity.ts";
import { fold, squash } from "./fold.ts";

/**
 * How the names of two playlists (or other containers) compare. `same`: equal but for case, emoji, accents and
 * punctuation; `similar`: equal but for a copy's mark, a service's own words, or the spelling; `placeholder`: both are
 * names that a service gives by itself, so that being equal tells nothing; `different` otherwise.
 */
export type NameComparison = "same" | "similar" | "placeholder" | "different";

const longestName = 500;
const spellingFrom = 0.85;

/** "(2)", "#2", "copy", "Copy of": what services and people put to a second one of the same name. */
const copyMark = /(?: ?[([]\d{1,3}[)\]]| #\d{1,3}| -? ?\(?(?:copy|kopie|copie|copia)(?: \d{1,3})?\)?)$/i;
const copyOf = /^(?:copy of|kopie von|copie de|copia de) (?=\S)/i;
/** What tools that copy playlists leave behind. */
const origin = / (?:- )?[([]?(?:imported|transferred|copied|synced|exported) (?:from|via|by) [^()[\]]{1,40}[)\]]?$/i;
/** Folded. Names that services give to a playlist that nobody has named. */
const placeholders =
  /^(?:(?:my|new|untitled|unnamed) playlist|playlist|meine playlist|neue playlist|ma playlist|nouvelle playlist|mi (?:playlist|lista)|nueva (?:playlist|lista)|mijn playlist|la mia playlist|nuova playlist|minha playlist|nova playlist)(?: (?:no )?\d{1,4})?$/;

/** Names of containers on two services, for pairing them. Pure and symmetric; linear in the length of the names. */
export function compareContainerNames(a: string, b: string): NameComparison {
  const [one, two] = [readName(a), readName(b)];
  if (one.key === "" || two.key === "") return "different";
  if (one.isPlaceholder || two.isPlaceholder)
    return one.isPlaceholder && two.isPlaceholder ? "placeholder" : "different";
  if (one.key === two.key) return "same";
  if (one.digits !== two.digits) return "different";
  if (one.core === two.core) return "similar";
  return editSimilarity(one.core, two.core, -1, -1, spellingFrom) > 0 ? "similar" : "different";
}

/** Under which two names are the `same`; none for a name that says nothing. */
export function containerNameKey(name: string): string | undefined {
  const { key, isPlaceholder } = readName(name);
  return key === "" || isPlaceholder ? undefined : key;
}

interface Name {
  readonly key: string;
  /** The key without marks of a copy and of where it came from. */
  readonly core: string;
  /** "Summer 2023" is not "Summer 2024", however alike they are spelled. */
  readonly digits: string;
  readonly isPlaceholder: boolean;
}

function readName(raw: string): Name {
  const text = raw.slice(0, longestName).replace(/\s+/g, " ").trim();
  const folded = fold(text);
  const bare = text.replace(origin, "").replace(copyMark, "").replace(copyOf, "");
  const core = fold(bare) || folded;
  return {
    key: squash(folded),
    core: squash(core),
    digits: (core.match(/\d+/g) ?? []).map(Number).join(" "),
    isPlaceholder: placeholders.test(core),
  };
}
