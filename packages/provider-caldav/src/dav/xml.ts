import { parseXml, XmlDocumentType, XmlElement, XmlText } from "@rgrove/parse-xml";

/** An element with its namespace resolved: servers choose prefixes as they like. */
export interface XmlNode {
  /** Namespace and local name, `{DAV:}href`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** The text directly inside, as it is. */
  readonly text: string;
}

/** WebDAV nests a dozen levels at most. */
const DEEPEST = 64;

/** Raw control characters are no XML, and yet some servers send what clients have put into events. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * Parses an answer's body. Servers are users' own, so a body may be anything: no DTD is taken (and with it no entity but the five of
 * XML), no name becomes a key of an object, nesting is bounded. The transport bounds the size.
 * @returns `undefined` if it is not well-formed, or has a DTD
 */
export function readXml(text: string): XmlNode | undefined {
  try {
    const document = parseXml(text.replace(/^\ufeff/, "").replace(NOT_XML, ""), { preserveDocumentType: true });
    if (document.children.some((child) => child instanceof XmlDocumentType) || !document.root) return undefined;
    return nodeOf(document.root, new Map(), 0);
  } catch {
    // The parser's errors quote the text, which is content.
    return undefined;
  }
}

function nodeOf(element: XmlElement, outer: ReadonlyMap<string, string>, depth: number): XmlNode {
  if (depth > DEEPEST) throw new RangeError("nested too deep");
  const namespaces = namespacesOf(element, outer);
  const children: XmlNode[] = [];
  let text = "";
  for (const child of element.children) {
    if (child instanceof XmlElement) children.push(nodeOf(child, namespaces, depth + 1));
    else if (child instanceof XmlText) text += child.text;
  }
  const [prefix, local] = element.name.includes(":") ? element.name.split(":", 2) : ["", element.name];
  const name = `{${namespaces.get(prefix ?? "") ?? ""}}${local}`;
  return { name, attributes: new Map(Object.entries(element.attributes)), children, text };
}

function namespacesOf(element: XmlElement, outer: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = Object.entries(element.attributes).flatMap(([name, value]): [string, string][] => {
    if (name === "xmlns") return [["", value]];
    return name.startsWith("xmlns:") ? [[name.slice("xmlns:".length), value]] : [];
  });
  return declared.length === 0 ? outer : new Map([...outer, ...declared]);
}

export function childrenOf(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find((child) => child.name === name);
}

/** Text as it may stand in an element. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
