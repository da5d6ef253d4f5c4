import type { EventReminder } from "../universal-event.ts";
import { parseDuration } from "../when/index.ts";
import { type Component, componentOf, componentsOf, lineOf, removeEntry } from "./component.ts";
import { encodeText, param } from "./content-line.ts";

/**
 * The reminder that a VALARM (RFC 5545 §3.6.6) is. `undefined`: at a fixed time, before the end, not at a whole minute, or another kind
 * of alarm (Apple's `ACTION:NONE`, a snoozed one); these are kept as they are. A sound is a display (RFC 8984 §4.5.2).
 */
export function reminderOf(alarm: Component): EventReminder | undefined {
  const trigger = lineOf(alarm, "TRIGGER");
  const action = ACTIONS[lineOf(alarm, "ACTION")?.value.trim().toUpperCase() ?? ""];
  if (!trigger || !action || lineOf(alarm, "RELATED-TO")) return undefined;
  if (param(trigger, "RELATED")?.toUpperCase() === "END" || !/^[+-]?P/.test(trigger.value)) return undefined;
  const { sign, days, seconds } = parseDuration(trigger.value.trim(), "TRIGGER");
  const minutes = (days * 86_400 + seconds) / 60;
  if (!Number.isInteger(minutes)) return undefined;
  return { minutes: minutes === 0 ? 0 : -sign * minutes, action };
}

const ACTIONS: Readonly<Record<string, EventReminder["action"]>> = {
  DISPLAY: "display",
  AUDIO: "display",
  EMAIL: "email",
};

export function remindersOf(component: Component): EventReminder[] {
  const all = componentsOf(component, "VALARM").flatMap((alarm) => reminderOf(alarm) ?? []);
  return [...new Map(all.map((each) => [keyOf(each), each])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Takes away the alarms that are no reminders any more, adds new ones, and leaves all others as they are. */
export function writeReminders(component: Component, reminders: readonly EventReminder[], title: string): void {
  const wanted = new Map(reminders.map((each) => [keyOf(each), each]));
  for (const alarm of componentsOf(component, "VALARM")) {
    const reminder = reminderOf(alarm);
    if (!reminder) continue;
    if (wanted.has(keyOf(reminder))) wanted.set(keyOf(reminder), PRESENT);
    else removeEntry(component, alarm);
  }
  for (const each of wanted.values()) if (each !== PRESENT) component.entries.push(alarmOf(each, title));
}

const PRESENT: EventReminder = { minutes: 0, action: "display" };

/** A mail needs an ATTENDEE to go to, and nobody is ever written as one: it becomes a display. */
function alarmOf({ minutes }: EventReminder, title: string): Component {
  return componentOf([
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${encodeText(title || "Reminder")}`,
    `TRIGGER:${triggerOf(minutes)}`,
    "END:VALARM",
  ]);
}

function triggerOf(minutes: number): string {
  const size = Math.abs(minutes);
  const before = minutes > 0 ? "-" : "";
  if (size > 0 && size % 1_440 === 0) return `${before}P${size / 1_440}D`;
  return size > 0 && size % 60 === 0 ? `${before}PT${size / 60}H` : `${before}PT${size}M`;
}

function keyOf({ minutes, action }: EventReminder): string {
  return `${action}:${minutes}`;
}
