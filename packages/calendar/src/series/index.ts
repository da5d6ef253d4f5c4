export { type ChangedEvent, changedEvent, checkedEvent } from "./changed-event.ts";
export { instanceOf, instantOfSlot, patchOf, sameValue, slotOf, sorted, whenOfSlot } from "./instance-of.ts";
export { type EventInstance, type InstanceRange, instancesOf } from "./instances-of.ts";
export { type InstanceChange, instanceChanges, type SeriesException, seriesOf } from "./series-of.ts";
export { isAdded, isExcluded, isInForm, tidyOverrides } from "./tidy-overrides.ts";
