import { dirname, join } from "node:path";
import ts from "typescript";

/** One TypeScript block of a Markdown file, padded so that its lines keep their numbers. */
export interface Snippet {
  readonly markdown: string;
  readonly line: number;
  readonly code: string;
}

/**
 * The TypeScript blocks of a Markdown file. A comment `<!-- given: … -->` right before a block declares what it takes for
 * granted; it is compiled and not shown.
 */
export function snippetsOf(markdown: string, text: string): Snippet[] {
  const block = /(?:<!-- given: (.*?) -->\s*)?^```ts\r?\n([\s\S]*?)^```/gm;
  return [...text.matchAll(block)].map((match) => {
    const [whole, given = "", code = ""] = match;
    const fence = match.index + whole.lastIndexOf("```ts");
    const line = text.slice(0, fence).split("\n").length;
    // What is given stands on the fence's own line.
    return { markdown, line, code: `${"\n".repeat(line - 1)}${given}\n${code}\nexport {};\n` };
  });
}

/**
 * Compiles snippets where their Markdown file lies, so that they find what their readers would import.
 * @returns what is wrong, in words
 */
export function snippetProblems(root: string, snippets: readonly Snippet[], options: ts.CompilerOptions): string[] {
  const files = new Map(
    snippets.map((snippet) => {
      const name = `${snippet.markdown.replace(/^.*\//, "")}.${snippet.line}.ts`;
      return [join(root, dirname(snippet.markdown), name), snippet] as const;
    }),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.code ?? readFile(name);
  host.getSourceFile = (name, language, ...others) => {
    const snippet = files.get(name);
    return snippet ? ts.createSourceFile(name, snippet.code, language, true) : getSourceFile(name, language, ...others);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([name, { markdown }]) => {
    const source = program.getSourceFile(name);
    if (!source) return [`${markdown}: ${name} was not compiled`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((found) => {
      const line = source.getLineAndCharacterOfPosition(found.start ?? 0).line + 1;
      return `${markdown}:${line}: ${ts.flattenDiagnosticMessageText(found.messageText, "\n  ")}`;
    });
  });
}
