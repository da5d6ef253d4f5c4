import { defineDocumentRules, type RulesInForce } from "@syncer/core";
import type { UniversalEvent } from "../universal-event.ts";
import { isCall, linksRule, prefixRule, sharedTexts, type TextRule, writtenTexts } from "./copied-texts.ts";
import { type EventMask, type EventRules, eventRulesSchema } from "./event-rules.ts";
import { scopeOfEvent } from "./scope-of-event.ts";

export type { EventMask, EventRules, HoursRule, SkippedEvents } from "./event-rules.ts";

/** The rules that a pair of calendars can be given. */
export const eventRules = defineDocumentRules<UniversalEvent, EventRules>(eventRulesSchema, (rules) => ({
  scopeOf: (event, nowMs) => scopeOfEvent(rules, event, nowMs),
  movesWithTime: rules.window?.futureDays !== undefined,
  ...masked(rules),
  ...texts(rules),
}));

/** What only says that there is something says nothing of what, and reminds nobody. */
const BUSY = {
  description: "",
  location: "",
  conference: null,
  url: null,
  categories: [],
  color: null,
  reminders: [],
  priority: 0,
} satisfies EventMask;

function masked({
  busyOnly,
  mask,
  stripConferenceLinks,
  markPrivate,
}: EventRules): Pick<RulesInForce<UniversalEvent>, "own"> {
  const title = typeof busyOnly === "object" ? busyOnly.title : "Busy";
  const own: Partial<UniversalEvent> = {
    ...(stripConferenceLinks ? { conference: null } : {}),
    ...(busyOnly ? { title, ...BUSY } : {}),
    ...mask,
    ...(markPrivate ? { privacy: "private" } : {}),
  };
  return Object.keys(own).length > 0 ? { own } : {};
}

function texts({
  titlePrefix,
  stripConferenceLinks,
}: EventRules): Pick<RulesInForce<UniversalEvent>, "shared" | "written"> {
  const rulesOf = (side: "source" | "target"): readonly TextRule[] => {
    const prefix = titlePrefix?.[side];
    return [...(prefix === undefined ? [] : [prefixRule(prefix)]), ...(stripConferenceLinks ? [linksRule] : [])];
  };
  const rules = { source: rulesOf("source"), target: rulesOf("target") };
  if (rules.source.length + rules.target.length === 0) return {};
  return {
    shared: (event, side) => {
      const shared = rules[side].length === 0 ? event : sharedTexts(rules[side], event);
      return stripConferenceLinks && isCall(event.url) ? { ...shared, url: null } : shared;
    },
    written: (fields, side, before) => {
      const written = writtenTexts(rules[side], fields, before);
      // The other side knows nothing of the link that leads to a call, and takes nothing away by that.
      const isKept = stripConferenceLinks && fields.url === null && isCall(before?.url);
      return isKept ? { ...written, url: before?.url ?? null } : written;
    },
  };
}
