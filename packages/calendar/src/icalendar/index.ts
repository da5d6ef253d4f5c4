export { type CreatedEvent, type CreateOptions, createEvent, type NewEvent } from "./create-event.ts";
export { plainTextOf } from "./plain-text.ts";
export { type KeptDetail, type ReadEvent, readEvent } from "./read-event.ts";
export { parseRecurrence, printRecurrence } from "./read-recurrence.ts";
export { type UpdatedEvent, type UpdateOptions, updateEvent } from "./update-event.ts";
export type { WriteLoss } from "./write-details.ts";
