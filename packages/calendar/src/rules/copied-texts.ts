import { tidyOverrides } from "../series/index.ts";
import type { EventOverrides, UniversalEvent } from "../universal-event.ts";

/** The fields in which people are told something. */
type Texts = Partial<Pick<UniversalEvent, "title" | "description" | "location">>;

/** How texts of a side are put into the form that both sides share, and back. */
export interface TextRule {
  shared(texts: Texts): Texts;
  /** @param before what the side has; absent for a copy that is made */
  written(texts: Texts, before: Texts | undefined): Texts;
}

/** Copies are called so that one sees where they come from. What a user took away is not put back. */
export function prefixRule(prefix: string): TextRule {
  return {
    shared: (texts) =>
      texts.title?.startsWith(prefix) ? { ...texts, title: texts.title.slice(prefix.length) } : texts,
    written: (texts, before) => {
      const isMarked = before === undefined || before.title === undefined || before.title.startsWith(prefix);
      return texts.title === undefined || !isMarked ? texts : { ...texts, title: prefix + texts.title };
    },
  };
}

/** Hosts at which calls are joined, and those below them. */
const CALLS =
  /https?:\/\/(?:[\w-]+\.)*(?:zoom\.us|zoomgov\.com|meet\.google\.com|teams\.microsoft\.com|teams\.live\.com|webex\.com|whereby\.com|meet\.jit\.si|gotomeeting\.com|gotomeet\.me|goto\.com|bluejeans\.com|chime\.aws|facetime\.apple\.com|meet\.goto\.com|around\.co|livestorm\.co)(?=[/?#:\s]|$)[^\s<>"'\])]*/gi;

const TEXTS = ["title", "description", "location"] as const;

/** Addresses under which one joins a call stay on the side that has them. */
export const linksRule: TextRule = {
  shared: (texts) => changeEach(texts, (text) => withoutCalls(text)),
  written: (texts, before) =>
    changeEach(texts, (text, field) => {
      const kept = before?.[field]?.match(CALLS) ?? [];
      return [text, ...kept].filter(Boolean).join(field === "description" ? "\n" : " ");
    }),
};

function withoutCalls(text: string): string {
  if (text.search(CALLS) === -1) return text;
  const lines = text
    .split("\n")
    .map((line) => (line.search(CALLS) === -1 ? line : withoutGaps(line.replace(CALLS, ""))));
  return lines.join("\n").trim();
}

function withoutGaps(line: string): string {
  return line.replace(/[ \t]{2,}/g, " ").trim();
}

/** A link of the event itself that leads to a call. */
export function isCall(url: string | null | undefined): boolean {
  return typeof url === "string" && url.search(CALLS) === 0;
}

function changeEach(texts: Texts, change: (text: string, field: (typeof TEXTS)[number]) => string): Texts {
  const changed: Record<string, string> = {};
  for (const field of TEXTS) {
    const text = texts[field];
    if (text !== undefined) changed[field] = change(text, field);
  }
  return { ...texts, ...changed };
}

function textsOf({ title, description, location }: Texts): Texts {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(location === undefined ? {} : { location }),
  };
}

/** An event with its texts as both sides share them, also those of single instances. */
export function sharedTexts(rules: readonly TextRule[], event: UniversalEvent): UniversalEvent {
  const shared = <T extends Texts>(texts: T): T => ({
    ...texts,
    ...rules.reduce((each, rule) => rule.shared(each), textsOf(texts)),
  });
  const series = shared(event);
  const overrides = Object.entries(event.overrides).map(([slot, override]) => [
    slot,
    "excluded" in override ? override : shared(override),
  ]);
  // Two texts that differed by an address alone are one text now.
  return { ...series, overrides: tidyOverrides(series, Object.fromEntries(overrides) as EventOverrides) };
}

/** The fields to send to a side, with its own texts about them. */
export function writtenTexts(
  rules: readonly TextRule[],
  fields: Partial<UniversalEvent>,
  before: UniversalEvent | undefined,
): Partial<UniversalEvent> {
  const written = <T extends Texts>(texts: T, stood: Texts | undefined): T => ({
    ...texts,
    ...rules.reduceRight((each, rule) => rule.written(each, stood), textsOf(texts)),
  });
  if (!fields.overrides) return written(fields, before);
  const overrides = Object.entries(fields.overrides).map(([slot, override]) => {
    if ("excluded" in override) return [slot, override];
    const stood = before?.overrides[slot];
    // What an instance does not say for itself is what the series says.
    const own = before && { ...before, ...(stood && !("excluded" in stood) ? stood : {}) };
    return [slot, written(override, own)];
  });
  return { ...written(fields, before), overrides: Object.fromEntries(overrides) as EventOverrides };
}
