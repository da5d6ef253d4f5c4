export { exactDuration, exactSeconds, parseDuration } from "./duration.ts";
export {
  checkedInstant,
  instantOf,
  isFirstOfItsName,
  isLocalDate,
  isLocalDateTime,
  type LocalDate,
  type LocalDateTime,
  lastOfRepeated,
  localAt,
  localText,
  zonedTime,
} from "./local-times.ts";
export {
  endInstantOf,
  endOf,
  floatingTimes,
  startInstantOf,
  type When,
  whenOfInstants,
  whenSchema,
  wholeDays,
  zonedTimes,
} from "./when.ts";
