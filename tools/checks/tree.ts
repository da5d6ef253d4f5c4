import { dirname, join, normalize } from "node:path";

/** What must not stand in any committed text, and why. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a folder of somebody's machine", pattern: /(?<![\w.:/-])\/(?:home|Users|root|work|mnt)\/[\w.-]+/ },
  { what: "a folder outside this repository", pattern: /\.\.\/shared\/(?:apis|data|\w+\.md)/ },
  { what: "a package registry's address", pattern: /https?:\/\/registry\.[\w-]+\.\w+/ },
  { what: "work left undone", pattern: /\b(?:TO(?:)DO|FIX(?:)ME|XX(?:)X)\b/ },
  { what: "a conflict of a merge", pattern: /^(?:<{7}|>{7}) / },
  { what: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/ },
];

/** What must not stand in tests: these make others, or themselves, not run. */
const FORBIDDEN_IN_TESTS = /\b(?:it|test|describe|suite)\.(?:only|todo)\b|\b(?:it|test|describe|suite)\.skip\(/;

/** Longer files hold more than one subject. Generated data is no source. */
export const MOST_LINES = 400;

/**
 * What is wrong with one committed text file, in words.
 * @param path inside the repository, with `/`
 */
export function textProblems(path: string, text: string): string[] {
  const lines = text.split("\n");
  const problems = lines.flatMap((line, index) => {
    const at = `${path}:${index + 1}`;
    const found = FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${at}: ${what}`);
    if (path.endsWith(".test.ts") && FORBIDDEN_IN_TESTS.test(line))
      found.push(`${at}: a test that keeps tests from running`);
    return found;
  });
  const length = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (/\/src\/.*(?<!\.generated)\.ts$/.test(path) && length > MOST_LINES) {
    problems.push(`${path}: ${length} lines, more than ${MOST_LINES}`);
  }
  return problems;
}

/**
 * Relative links of a Markdown file that lead nowhere.
 * @param exists whether a path inside the repository is a committed file or folder
 */
export function linkProblems(path: string, text: string, exists: (path: string) => boolean): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link) || link.startsWith("#")) return [];
    const target = normalize(join(dirname(path), link.replace(/#.*$/, ""))).replace(/\/$/, "");
    return exists(target) ? [] : [`${path}: links to ${link}, which is not there`];
  });
}
