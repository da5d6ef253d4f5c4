export {
  EventError,
  type MalformedCode,
  MalformedEventError,
  type UnsupportedCode,
  UnsupportedEventError,
} from "./event-errors.ts";
export { eventKind } from "./event-kind.ts";
export {
  type CreatedEvent,
  type CreateOptions,
  createEvent,
  type KeptDetail,
  type NewEvent,
  parseRecurrence,
  plainTextOf,
  printRecurrence,
  type ReadEvent,
  readEvent,
  type UpdatedEvent,
  type UpdateOptions,
  updateEvent,
  type WriteLoss,
} from "./icalendar/index.ts";
export {
  type LooseRule,
  normalizeRule,
  parseRule,
  printRule,
  type RecurrenceRule,
  recurrenceRuleSchema,
} from "./recurrence/index.ts";
export type { EventMask, EventRules, HoursRule, SkippedEvents } from "./rules/index.ts";
export {
  type ChangedEvent,
  changedEvent,
  checkedEvent,
  type EventInstance,
  type InstanceChange,
  type InstanceRange,
  instanceChanges,
  instanceOf,
  instancesOf,
  instantOfSlot,
  patchOf,
  type SeriesException,
  sameValue,
  seriesOf,
  slotOf,
  tidyOverrides,
} from "./series/index.ts";
export {
  type EventOverride,
  type EventOverrides,
  type EventPatch,
  type EventPerson,
  type EventReminder,
  eventPatchSchema,
  type PatchField,
  patchFieldNames,
  type UniversalEvent,
  universalEventSchema,
} from "./universal-event.ts";
export {
  endInstantOf,
  endOf,
  instantOf,
  type LocalDate,
  type LocalDateTime,
  localAt,
  startInstantOf,
  type When,
  whenOfInstants,
  whenSchema,
  wholeDays,
} from "./when/index.ts";
export { canonicalZone, sameRules, vtimezoneOf } from "./zones/index.ts";
