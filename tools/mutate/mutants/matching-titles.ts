import { mutantArea } from "../mutant.ts";

const source = (name: string) => `packages/core/src/matching/${name}.ts`;
const test = (name: string) => `packages/core/test/matching/${name}.test.ts`;

/** How titles are taken apart and compared. */
export const area = mutantArea(
  "matching-titles",
  { file: source("classify-tail"), tests: [test("failure-classes"), test("titles"), test("rules"), test("policies")] },
  [
    {
      id: "guests-not-read",
      description: "takes guests in brackets for a part of the title",
      find: 'if (guests !== undefined) return { kind: "guests", names: guests };',
      replace: "void guests;",
    },
    {
      id: "imitation-missed",
      description: 'does not know "in the style of"',
      find: "if (imitation.test(folded))",
      replace: "if (imitation.test(folded) && folded.length < 3)",
    },
    {
      id: "producer-in-title",
      description: "takes the producer or the film for a part of the title",
      find: "/^(?:prod|produced|from|aus|taken)$/",
      replace: "/^(?:never)$/",
    },
    {
      id: "split-words",
      description: 'does not join "re" and "recorded"',
      find: '(before === "re" && word.length > 3) ||',
      replace: "",
    },
    {
      id: "split-8d",
      description: 'does not join "8" and "D"',
      find: '(before === "8" && (word === "d" || word === "bit")) ||',
      replace: "",
    },
    {
      id: "live-verb",
      description: "takes every Live that begins a tail for a live take",
      find: 'return marks ? "live" : undefined;',
      replace: 'return marks || true ? "live" : undefined;',
    },
    {
      id: "live-never-followed",
      description: "takes Live for a live take only where nothing follows",
      find: "next === undefined || afterLive.has(next) || year.test(next) || saysVersion;",
      replace: "next === undefined || saysVersion;",
    },
    {
      id: "edge-anywhere",
      description: "takes Take and Cover for versions in the middle of a phrase",
      find: "return closes || saysVersion || words.length === 1 ? atEdge : undefined;",
      replace: "return closes || saysVersion || words.length > 0 ? atEdge : undefined;",
    },
    {
      id: "edge-never",
      description: "never takes a word that may be a plain one for a version",
      find: "return closes || saysVersion || words.length === 1 ? atEdge : undefined;",
      replace: "return closes && saysVersion && words.length > 99 ? atEdge : undefined;",
    },
    {
      id: "original-mix",
      description: "takes an original mix for a remix",
      find: 'if (onlyCut && tags.has("mix") && soft.length === 1',
      replace: 'if (onlyCut && tags.has("mix") && soft.length === 9',
    },
    {
      id: "radio-edit-version",
      description: "takes a radio edit for another recording whatever its length",
      find: 'if (onlyCut && (soft.length > 0 || (tags.has("edit") && tags.size === 1)))',
      replace: "if (onlyCut && soft.length > 99)",
    },
    {
      id: "remix-names-lost",
      description: "forgets whose remix it is",
      find: 'return { kind: "version", tags: [...tags].sort(), names: [...names, ...years].sort() };',
      replace: 'return { kind: "version", tags: [...tags].sort(), names: [] };',
    },
    {
      id: "named-version-missed",
      description: "takes Ann's Version for a part of the title",
      find: 'return { kind: "version", tags: ["version"], names',
      replace:
        'return { kind: "title", folded } as TailReading;\n    return { kind: "version", tags: ["version"], names',
    },
    {
      id: "neutral-decided",
      description: "does not know a remaster by a studio's name",
      find: "if (found.decided) return neutral(found);",
      replace: "",
    },
    {
      id: "neutral-in-title",
      description: "takes neutral words for a part of the title",
      find: "if (names.length === 0 && found.neutral > 0) return neutral(found);",
      replace: "",
    },
    {
      id: "soft-in-title",
      description: "takes Mono for a part of the title",
      find: "|| isCut(soft))) return",
      replace: "|| soft.length > 99)) return",
    },
    {
      id: "explicit-flag-lost",
      description: "does not read a flag from the title",
      find: "found.explicit = false;",
      replace: "found.explicit = true;",
    },
    {
      id: "remaster-any-year",
      description: "takes every year in a neutral tail for that of a remaster",
      find: "found.remaster ? Number(found.years[0] ?? anyYear) : 0",
      replace: "Number(found.years[0] ?? anyYear)",
    },
    ...(
      [
        [
          "marker",
          "takes no number after a marker",
          "if (marked !== undefined) {",
          "if (marked !== undefined && i < 0) {",
        ],
        [
          "roman-letter",
          "takes a closing I for a part",
          "if (value !== undefined && token.length > 1)",
          "if (value !== undefined)",
        ],
        [
          "roman-lost",
          "knows no closing roman numeral",
          "if (value !== undefined && token.length > 1)",
          "if (value !== undefined && token.length > 9)",
        ],
        [
          "roman-first",
          "takes a title that is a numeral for a part",
          "const value = i > 0 && i === tokens.length - 1 ?",
          "const value = i === tokens.length - 1 ?",
        ],
        ["series-lost", "reads the first of several parts only", "i = readSeries(tokens, i + 1, parts);", "i = i + 1;"],
        [
          "digits-lost",
          "does not read digits",
          "if (/^\\d+$/.test(token)) digits.push(",
          "if (/^never$/.test(token)) digits.push(",
        ],
        ["zeros", "takes 01 and 1 for two", "digits.push(String(Number(token)))", "digits.push(token)"],
        [
          "words",
          "does not read One and Two",
          "return words.get(token) ?? roman.get(token);",
          "return roman.get(token);",
        ],
        [
          "roman-marked",
          "does not read II after a marker",
          "return words.get(token) ?? roman.get(token);",
          "return words.get(token);",
        ],
      ] as const
    ).map(([id, description, find, replace]) => ({
      id: `numerals-${id}`,
      file: source("numerals"),
      description,
      find,
      replace,
    })),
    ...(
      [
        [
          "whole",
          "does not see that two titles are equal as a whole",
          "if (a.titleWhole === b.titleWhole) return grades.exact;",
          "",
        ],
        ["alias", "does not look at what stands in brackets", "if (sharesAlias(a, b)) return gradeOfAlias(a, b);", ""],
        [
          "scripts",
          "compares titles in two scripts letter by letter",
          "if (((a.titleScripts ^ b.titleScripts) & ~script.latin) !== 0) return compareAcrossScripts(a, b);",
          "",
        ],
        [
          "umlaut",
          "takes Fuer and Für for two",
          "|| isUmlautSpelling(a, b)) return grades.close;",
          ") return grades.close;",
        ],
        [
          "tail-lost",
          "takes every title tail for the same",
          "if (a.titleTail === b.titleTail) return grades.exact;",
          "return grades.exact;",
        ],
        [
          "version-apart",
          "takes Live without brackets for more title",
          "? grades.different : grades.contained",
          "? grades.contained : grades.contained",
        ],
        [
          "short-contained",
          "takes Go for the beginning of everything",
          "shorter.length >= shortestContained &&",
          "shorter.length >= 1 &&",
        ],
        [
          "bones",
          "does not compare consonants across scripts",
          "return alike ? grades.romanised",
          "return !alike && alike ? grades.romanised",
        ],
        [
          "empty",
          "takes two empty titles for equal",
          'if (a.title === "" || b.title === "") return grades.unknown;',
          "",
        ],
      ] as const
    ).map(([id, description, find, replace]) => ({
      id: `compare-${id}`,
      file: source("compare-titles"),
      description,
      find,
      replace,
    })),
    ...(
      [
        [
          "guests",
          "does not know guests without brackets",
          "if (guests && guests.index > 0) {",
          "if (guests && guests.index > 9999) {",
        ],
        [
          "loose",
          "does not know a version without brackets",
          "if (!found) continue;",
          "if (!found || found) continue;",
        ],
        [
          "field",
          "does not read the version field",
          "if (version) tails.push({ text: unifyPunctuation(version), inBrackets: false });",
          "",
        ],
        [
          "soft",
          "forgets that a tail was a radio edit",
          'if (reading.kind === "soft") return { ...version, soft: true };',
          'if (reading.kind === "soft") return version;',
        ],
      ] as const
    ).map(([id, description, find, replace]) => ({
      id: `read-${id}`,
      file: source("read-title"),
      description,
      find,
      replace,
    })),
    ...(
      [
        [
          "letters",
          "does not know letters that do not decompose",
          ".replace(undecomposed, (letter) => letters[letter] ?? letter)",
          "",
        ],
        ["marks", "keeps diacritics", '.replace(marks, "")', ""],
        [
          "kana",
          "takes the two kanas for two scripts",
          ".replace(katakana, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))",
          "",
        ],
        ["symbols", "folds emoji to nothing", 'return words === "" ? symbolsOf(text) : words;', "return words;"],
        ["n", "takes 'n' for another word than and", 'words.includes(" n ")', 'words.includes(" never ")'],
      ] as const
    ).map(([id, description, find, replace]) => ({
      id: `fold-${id}`,
      file: source("fold"),
      description,
      find,
      replace,
    })),
  ],
);
