import type { EventTime } from "./event-times.ts";

export const EVENT_TYPES = ["default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const STATUSES = ["confirmed", "tentative", "cancelled"] as const;
export type EventStatus = (typeof STATUSES)[number];

export interface Attendee {
  readonly email: string;
  readonly displayName?: string;
  readonly optional?: boolean;
  readonly resource?: boolean;
  readonly responseStatus: "needsAction" | "declined" | "tentative" | "accepted";
  readonly comment?: string;
  readonly additionalGuests?: number;
}

/** Reminders of one user for one event. */
export interface Reminders {
  readonly useDefault: boolean;
  readonly overrides?: readonly { readonly method: string; readonly minutes: number }[];
}

/** Named strings, for one copy of the event or for all. */
export interface ExtendedProperties {
  readonly private?: Readonly<Record<string, string>>;
  readonly shared?: Readonly<Record<string, string>>;
}

/** What a caller may write and Google keeps as it is. Absent means empty. */
export interface EventContent {
  readonly attendees?: readonly Attendee[];
  readonly extendedProperties?: ExtendedProperties;
  readonly visibility?: "public" | "private" | "confidential";
  readonly guestsCanModify?: boolean;
  readonly [field: string]: unknown;
}

/** What a request says about an event, checked. */
export interface EventDraft {
  readonly content: EventContent;
  readonly start: EventTime;
  readonly end: EventTime;
  readonly recurrence: readonly string[] | undefined;
  readonly status: EventStatus;
  readonly reminders: Reminders;
}

/** An event as a calendar holds it: a single one, the master of a series, or an exception to one. */
export interface StoredEvent {
  readonly id: string;
  readonly iCalUID: string;
  readonly eventType: EventType;
  content: EventContent;
  start: EventTime;
  end: EventTime;
  recurrence: readonly string[] | undefined;
  status: EventStatus;
  /** By user; nobody else's entry means the calendar's defaults. */
  readonly reminders: Map<string, Reminders>;
  readonly creator: string;
  readonly organizer: { readonly email: string; readonly displayName?: string };
  /** Made by `import`: nothing about it is propagated to others. */
  readonly privateCopy: boolean;
  /** Of an instance: its series, and when the rule puts it. */
  readonly instance: { readonly masterId: string; readonly originalStart: EventTime } | undefined;
  readonly createdAt: number;
  updatedAt: number;
  sequence: number;
  /** Number of its last change. */
  version: number;
  /** Left behind by a move: nothing but the id remains. */
  readonly bare?: boolean;
}

/** The events of one calendar. */
export type EventsById = Map<string, StoredEvent>;
