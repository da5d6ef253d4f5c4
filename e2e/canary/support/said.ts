import { inspect } from "node:util";

/** What the engine said or threw, in full. */
export interface Said {
  readonly where: string;
  readonly text: string;
}

/** Takes something down in every form in which a program might print it. */
export function noteIn(said: Said[], where: string, what: unknown): void {
  said.push({ where, text: inspect(what, { depth: 12, showHidden: true, maxStringLength: null }) });
  said.push({ where: `${where} as text`, text: `${what instanceof Error ? what.stack : JSON.stringify(what)}` });
}
