export { type LooseRule, normalizeRule } from "./normalize-rule.ts";
export { type RecurrenceRule, recurrenceRuleSchema } from "./recurrence-rule.ts";
export { parseRule, printRule } from "./rule-text.ts";
export { type Slots, slotsOf } from "./slots.ts";
