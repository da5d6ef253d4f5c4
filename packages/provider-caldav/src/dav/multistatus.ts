import { z } from "zod";
import { childOf, childrenOf, readXml, type XmlNode } from "./xml.ts";

/** One `DAV:response`: what the server says of one address (or several, where it has one status for all). */
export interface DavResponse {
  /** As the server spells them. */
  readonly hrefs: readonly string[];
  /** Of the whole resource, where there are no properties. */
  readonly status?: number;
  /** The properties that it has, by `{namespace}name`. Those under any other status than 2xx are left out: they are absent. */
  readonly props: ReadonlyMap<string, XmlNode>;
  /** Names of failed preconditions (RFC 4918 §16). */
  readonly conditions: readonly string[];
}

/** RFC 4918 §13, with the token of RFC 6578 §6.2. */
export interface Multistatus {
  readonly responses: readonly DavResponse[];
  readonly syncToken?: string;
}

/** @returns `undefined` if the text is no multistatus */
export function readMultistatus(text: unknown): Multistatus | undefined {
  const root = typeof text === "string" ? readXml(text) : undefined;
  if (root?.name !== "{DAV:}multistatus") return undefined;
  const responses = childrenOf(root, "{DAV:}response").map(responseOf);
  // A row that names nothing could be about anything.
  if (responses.some(({ hrefs }) => hrefs.length === 0)) return undefined;
  const syncToken = childOf(root, "{DAV:}sync-token")?.text.trim();
  return { responses, ...(syncToken ? { syncToken } : {}) };
}

/** For requests that are answered with a multistatus and nothing else. */
export const multistatusSchema: z.ZodType<Multistatus> = z.string().transform((text, context) => {
  const read = readMultistatus(text);
  if (read) return read;
  context.addIssue({ code: "custom", message: "a multistatus" });
  return z.NEVER;
});

/** Names of the preconditions that a `DAV:error` body names, without their namespace. */
export function conditionsOf(text: unknown): readonly string[] {
  const root = typeof text === "string" ? readXml(text) : undefined;
  return root?.name === "{DAV:}error" ? namesIn(root) : [];
}

function responseOf(node: XmlNode): DavResponse {
  const status = statusOf(childOf(node, "{DAV:}status"));
  const found = childrenOf(node, "{DAV:}propstat").filter((propstat) => {
    const of = statusOf(childOf(propstat, "{DAV:}status"));
    return of !== undefined && of >= 200 && of < 300;
  });
  const props = found.flatMap((propstat) => childrenOf(propstat, "{DAV:}prop").flatMap(({ children }) => children));
  return {
    hrefs: childrenOf(node, "{DAV:}href").flatMap(({ text }) => (text.trim() === "" ? [] : [text.trim()])),
    ...(status === undefined ? {} : { status }),
    props: new Map(props.map((prop) => [prop.name, prop])),
    conditions: namesIn(childOf(node, "{DAV:}error")),
  };
}

function statusOf(node: XmlNode | undefined): number | undefined {
  const code = /^\s*HTTP\/\d(?:\.\d)?\s+(\d{3})/i.exec(node?.text ?? "")?.[1];
  return code === undefined ? undefined : Number(code);
}

function namesIn(node: XmlNode | undefined): readonly string[] {
  return node?.children.map(({ name }) => name.replace(/^\{.*\}/, "")) ?? [];
}

/** The addresses in a property such as `calendar-home-set`. */
export function hrefsIn(node: XmlNode | undefined): readonly string[] {
  return childrenOf(node, "{DAV:}href").flatMap(({ text }) => (text.trim() === "" ? [] : [text.trim()]));
}
