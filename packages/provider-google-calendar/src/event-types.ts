/** Kinds of events: see the reference of the resource Events, `eventType`. */
export const EVENT_TYPES = ["default", "focusTime", "outOfOffice", "workingLocation", "birthday", "fromGmail"] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** A token that says of which kinds it is: Google takes it with exactly the parameters of its list. */
export function tokenOf(types: readonly EventType[], syncToken: string): string {
  return `${inOrder(types)} ${syncToken}`;
}

/** @returns `undefined`: it is of a list of other kinds */
export function syncTokenIn(types: readonly EventType[], token: string): string | undefined {
  const [kinds, syncToken] = token.split(" ");
  return kinds === inOrder(types) ? syncToken : undefined;
}

function inOrder(types: readonly EventType[]): string {
  return [...new Set(types)].sort().join();
}
