export { canonicalZone } from "./canonical-zone.ts";
export { type Observance, type Years, zoneByRules } from "./match-rules.ts";
export { sameRules } from "./transitions.ts";
export { vtimezoneLines, vtimezoneOf } from "./vtimezone.ts";
