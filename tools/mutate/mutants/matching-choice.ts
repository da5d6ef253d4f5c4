import { mutantArea } from "../mutant.ts";

const source = (name: string) => `packages/core/src/matching/${name}.ts`;
const engine = (name: string) => `packages/core/src/engine/membership/${name}.ts`;

type Row = readonly [id: string, description: string, find: string, replace: string];
const inFile = (file: string, rows: readonly Row[]) =>
  rows.map(([id, description, find, replace]) => ({ id, file, description, find, replace }));

/** Which candidate is taken, how sure that is, and what a catalogue is asked for candidates. */
export const area = mutantArea(
  "matching-choice",
  {
    file: source("best-match"),
    tests: [
      "packages/core/test/matching/best-match.test.ts",
      "packages/core/test/matching/policies.test.ts",
      "packages/core/test/matching/container-names.test.ts",
      "packages/core/test/engine/catalogue-search.test.ts",
    ],
  },
  [
    ...inFile(source("best-match"), [
      [
        "rival-ignored",
        "keeps its confidence beside another recording that fits as well",
        "if (rival === 0 || confidence === 0) return confidence;",
        "if (rival < 2) return confidence;",
      ],
      [
        "copies-are-rivals",
        "takes another copy of the recording for a rival",
        "!copies.includes(other) && compare(pick.candidate.prepared, other.candidate.prepared).confidence < uncertainFrom",
        "other.candidate !== pick.candidate",
      ],
      [
        "no-copies",
        "takes the likeliest copy whatever else speaks for another",
        ".filter(isCopy)",
        ".filter((each) => each === top && isCopy(each))",
      ],
      [
        "threshold-ignored",
        "takes what is below the threshold",
        "if (confidence >= threshold) {",
        "if (confidence >= uncertainFrom) {",
      ],
      [
        "uncertain-hidden",
        "hides what is uncertain",
        "if (confidence < uncertainFrom && !rivalled)",
        "if (confidence < threshold && !rivalled)",
      ],
      ["veto-untold", "does not say which sign refused", "reason: veto\n", "reason: veto && candidates > 9\n"],
      ["veto-farthest", "names the sign that refused the least alike", "vetoes.findLast(", "vetoes.find("],
    ]),
    ...inFile(source("copy-choice"), [
      ...(
        [
          "playable",
          "isrc",
          "album",
          "explicit",
          "track-number",
          "remaster",
          "release-type",
          "song-over-video",
          "service-order",
        ] as const
      ).map(
        (name): Row => [
          `without-${name}`,
          `does not choose a copy by ${name}`,
          '([name]) => !(name === "release-type"',
          `([name]) => name !== "${name}" && !(name === "release-type"`,
        ],
      ),
      ["id-by-text", "takes the id that a dictionary has first", "return x.length - y.length ||", "return"],
      [
        "version-not-first",
        "takes a live take with the right code before the recording",
        "(isStandIn(comparison) ? 0 : 1)",
        "(isStandIn(comparison) ? 1 : 1)",
      ],
      [
        "remaster-not-preferred",
        "leaves the remaster where it stands",
        'if (remaster !== "prefer-equal") return wanted;',
        'if (remaster !== "require-equal") return wanted;',
      ],
      [
        "compilation-always",
        "avoids compilations although any will do",
        'name === "release-type" && compilation === "any"',
        'name === "release-type" && compilation === "avoid"',
      ],
    ]),
    ...inFile(source("policies"), [
      [
        "strict-explicit",
        "takes the other flag where strict",
        'options.strictness === "strict" ? "require-equal"',
        'options.strictness === "strict" ? "prefer-equal"',
      ],
      [
        "threshold-by-preset",
        "does not let the caller's threshold win",
        "options.threshold ?? preset.threshold",
        "preset.threshold ?? options.threshold",
      ],
      ["bounds-unchecked", "takes any threshold", "if (!isSound) {", "if (!isSound && threshold > 9) {"],
      [
        "uncertain-above",
        "lets the lower bound be above the threshold",
        "(isSound && given > threshold)",
        "(isSound && given > 1)",
      ],
      [
        "choices-unchecked",
        "takes any word for a policy",
        "if (given !== undefined && !(allowed",
        "if (given === null && !(allowed",
      ],
    ]),
    ...inFile(source("container-names"), [
      ["names-digits", "takes two summers for one", 'if (one.digits !== two.digits) return "different";', ""],
      ["names-empty", "takes two empty names for one", 'if (one.key === "" || two.key === "") return "different";', ""],
      [
        "names-placeholder",
        "takes names that nobody chose for one",
        "isPlaceholder: placeholders.test(core)",
        "isPlaceholder: placeholders.test(core) && core.length > 99",
      ],
      ["names-copies", "does not know the mark of a copy", '.replace(copyMark, "")', ""],
      ["names-copy-of", "does not know Copy of", '.replace(copyOf, "")', ""],
      ["names-origin", "does not know what a tool left", '.replace(origin, "")', ""],
      [
        "names-spelling",
        "knows no typing errors",
        "editSimilarity(one.core, two.core, -1, -1, spellingFrom) > 0",
        "editSimilarity(one.core, two.core, -1, -1, spellingFrom) > 9",
      ],
    ]),
    ...inFile(engine("catalogue-search"), [
      [
        "lookup-ends",
        "stops after an empty lookup",
        "if (!(await this.#lookUp(hunt))) await this.#search(hunt);",
        "await this.#lookUp(hunt);",
      ],
      [
        "lookup-not-used",
        "searches although the lookup has found it",
        "if (!(await this.#lookUp(hunt))) await this.#search(hunt);",
        "await this.#lookUp(hunt);\n    await this.#search(hunt);",
      ],
      [
        "unplayable-ends",
        "stops at a copy that cannot be played",
        "return hunt.best !== undefined && isUsable(hunt.best);",
        'return hunt.best !== undefined && hunt.best.verdict === "matched";',
      ],
      [
        "unplayable-taken",
        "takes a copy that cannot be played",
        'return verdict === "matched" && !("playable" in candidate && candidate.playable === false);',
        'return verdict === "matched" && candidate !== undefined;',
      ],
      [
        "never-wider",
        "asks nothing more after an empty search",
        "found.length === 0 ? wider",
        "found.length < 0 ? wider",
      ],
      [
        "always-wider",
        "asks on although a search has shown all that there is",
        "found.length >= search.limit ? narrower : []",
        "found.length >= search.limit ? narrower : wider",
      ],
      [
        "never-narrower",
        "asks nothing more after a full page of others",
        "found.length >= search.limit ? narrower : []",
        "found.length >= search.limit ? [] : []",
      ],
      [
        "wider-on-and-on",
        "asks on although a wider search has found it",
        'if (this.#weigh(hunt, await search.find(this.#context.to.session, query), "search")) return true;',
        'this.#weigh(hunt, await search.find(this.#context.to.session, query), "search");',
      ],
      [
        "there-not-first",
        "puts a second copy beside the one that is there",
        "Number(this.#has(right)) - Number(this.#has(left))",
        "Number(this.#has(left)) - Number(this.#has(right))",
      ],
      [
        "refusal-untold",
        "does not say why what was offered is not it",
        'if (refusal?.code === "none.refused") return',
        'if (refusal?.code === "none.refused" && offered > 99) return',
      ],
    ]),
    ...inFile(engine("lookups"), [
      [
        "lookups-single",
        "asks for one code at a time",
        "Math.max(1, lookup.batchSize)",
        "Math.min(1, lookup.batchSize)",
      ],
      [
        "lookups-again",
        "asks for a code again for each item",
        "lot.answer ??= this.#ask(lot.keys);",
        "lot.answer = this.#ask(lot.keys);",
      ],
      [
        "lookups-poisoned",
        "lets one bad code cost the others theirs",
        "if (keys.length === 1 || !concernsOneItem(error)) throw error;\n",
        "throw error;\n",
      ],
      [
        "lookups-hammer",
        "asks one by one although the service as a whole fails",
        "if (keys.length === 1 || !concernsOneItem(error)) throw error;\n",
        "if (keys.length === 1) throw error;\n",
      ],
    ]),
    ...inFile(engine("search-queries"), [
      ["query-brackets", "searches with brackets", '.replace(/\\s[([][^()[\\]]*[)\\]]/g, "")', ""],
      ["query-dash", "searches with dash tails", '.replace(/\\s[-–—]\\s.*$/, "")', ""],
      ["query-guests", "searches with guests", '.replace(/\\s(?:feat|ft|featuring)\\b.*$/i, "")', ""],
      ["query-twice", "asks the same twice", "&& !known.has(name) &&", "&&"],
      [
        "query-latin",
        "does not search in Latin letters",
        "...(latin.some(Boolean) ?",
        "...(latin.every((each) => each.length > 99) ?",
      ],
    ]),
  ],
);
