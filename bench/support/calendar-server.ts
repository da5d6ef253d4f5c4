/** Two accounts at a server on this machine. */
export interface CalendarServer {
  readonly name: string;
  /** What a user would name. */
  readonly url: string;
  readonly password: string;
  readonly users: readonly [string, string];
  makeCalendar(user: string, name: string): Promise<void>;
  addressOf(user: string, name: string): string;
  /** Puts calendar objects into a calendar. */
  fill(user: string, name: string, texts: readonly string[]): Promise<void>;
  /** What is in a calendar, object by object. */
  texts(user: string, name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}
