import { MalformedEventError } from "../event-errors.ts";
import { type ContentLine, fold, parseLine, unfold } from "./content-line.ts";

/** A component with its lines and components in the order in which they stand. Changed in place by the functions below. */
export interface Component {
  /** Upper case: `VEVENT`. */
  readonly name: string;
  /** The name as it was written. */
  readonly label: string;
  readonly entries: (ContentLine | Component)[];
}

/** Larger than any calendar's event; RFC 4791 §5.2.5 has servers refuse far smaller ones. */
const LONGEST_TEXT = 10_000_000;
const MOST_LINES = 100_000;
const DEEPEST = 8;

/**
 * The outermost component of a text.
 * @throws {MalformedEventError} `calendar.too-large`, `calendar.malformed-line`, `calendar.unbalanced`
 */
export function parseComponent(text: string): Component {
  if (text.length > LONGEST_TEXT) throw new MalformedEventError("calendar.too-large");
  const lines = unfold(text);
  if (lines.length > MOST_LINES) throw new MalformedEventError("calendar.too-large");
  const open: Component[] = [{ name: "", label: "", entries: [] }];
  for (const line of lines.map(parseLine)) addLine(open, line);
  const [outermost] = open[0]?.entries ?? [];
  if (open.length !== 1 || !outermost || !isComponent(outermost)) throw new MalformedEventError("calendar.unbalanced");
  return outermost;
}

function addLine(open: Component[], line: ContentLine): void {
  const current = open.at(-1);
  const name = line.value.trim().toUpperCase();
  if (line.name === "BEGIN") {
    const component = { name, label: line.value, entries: [] };
    current?.entries.push(component);
    open.push(component);
    if (open.length > DEEPEST) throw new MalformedEventError("calendar.unbalanced");
  } else if (line.name === "END") {
    if (open.length === 1 || current?.name !== name) throw new MalformedEventError("calendar.unbalanced");
    open.pop();
  } else if (open.length === 1) {
    throw new MalformedEventError("calendar.unbalanced");
  } else {
    current?.entries.push(line);
  }
}

export function isComponent(entry: ContentLine | Component): entry is Component {
  return "entries" in entry;
}

/** The text of a component: folded, lines ended by CRLF. */
export function printComponent({ label, entries }: Component): string {
  const inner = entries.map((entry) => (isComponent(entry) ? printComponent(entry) : fold(entry.text)));
  return `${fold(`BEGIN:${label}`)}${inner.join("")}${fold(`END:${label}`)}`;
}

export function componentsOf(component: Component, name: string): Component[] {
  return component.entries.filter((entry): entry is Component => isComponent(entry) && entry.name === name);
}

export function linesOf(component: Component, name: string): ContentLine[] {
  return component.entries.filter((entry): entry is ContentLine => !isComponent(entry) && entry.name === name);
}

export function lineOf(component: Component, name: string): ContentLine | undefined {
  return component.entries.find((entry): entry is ContentLine => !isComponent(entry) && entry.name === name);
}

/**
 * Puts lines where those of the same name are, or after the last line of the component; nothing else is moved. Lines that are
 * there already stay as they are.
 */
export function setLines(component: Component, name: string, lines: readonly ContentLine[]): void {
  const { entries } = component;
  const old = entries.findIndex((entry) => !isComponent(entry) && entry.name === name);
  const place = old === -1 ? afterLastLine(component) : old;
  const rest = entries.filter((entry) => isComponent(entry) || entry.name !== name);
  const next = [...rest.slice(0, place), ...lines, ...rest.slice(place)];
  entries.length = 0;
  for (const entry of next) entries.push(entry);
}

export function setLine(component: Component, line: ContentLine): void {
  if (lineOf(component, line.name)?.text !== line.text) setLines(component, line.name, [line]);
}

export function removeLines(component: Component, ...names: readonly string[]): void {
  for (const name of names) if (lineOf(component, name)) setLines(component, name, []);
}

export function addLines(component: Component, lines: readonly ContentLine[]): void {
  component.entries.splice(afterLastLine(component), 0, ...lines);
}

export function removeEntry(component: Component, entry: ContentLine | Component): void {
  const index = component.entries.indexOf(entry);
  if (index !== -1) component.entries.splice(index, 1);
}

function afterLastLine({ entries }: Component): number {
  const first = entries.findIndex(isComponent);
  return first === -1 ? entries.length : first;
}

/** Made of lines of text, for components that are written as a whole. */
export function componentOf(lines: readonly string[]): Component {
  return parseComponent(lines.map((line) => `${line}\r\n`).join(""));
}

/** With the same lines, which are never changed, and components of its own. */
export function cloneComponent({ name, label, entries }: Component): Component {
  return { name, label, entries: entries.map((entry) => (isComponent(entry) ? cloneComponent(entry) : entry)) };
}
