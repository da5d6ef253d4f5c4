import type { WaitingClock } from "../clock.ts";
import type { RateLimit } from "../rate-window.ts";
import { createDice, type Dice } from "../seeded.ts";
import type { CalendarListEntry, GoogleCalendar } from "./calendars.ts";
import { Channels, type NotificationFetch } from "./channels.ts";
import type { GoogleClient } from "./clients.ts";
import { GoogleGrants } from "./grants.ts";
import { ListTokens } from "./list-tokens.ts";
import type { WouldBeMail } from "./mails.ts";
import { QuotaWindows } from "./quota.ts";

/** Google's published windows: cost units per user and project, and per project. */
export interface GoogleRateLimits {
  readonly perUser: RateLimit;
  readonly perProject: RateLimit;
}

/** What can be switched while the sandbox runs. */
export interface GoogleSettings {
  /** `false`: no limit. Default: 600 units a minute per user and project, 10,000 per project. */
  rateLimits: GoogleRateLimits | false;
  /** Google documents both for a full window, with one meaning. Default 403. */
  rateLimitStatus: 403 | 429;
  /** How many events and calendars a user may still create before 403 `quotaExceeded`; `false`: no such limit. */
  creationsLeft: number | false;
  /** With `testing`, refresh tokens die after 7 days. Default `production`. */
  publishingStatus: "production" | "testing";
  /** Whether a refresh brings a new refresh token and ends the old one. Reported by some, not documented. Default `false`. */
  rotateRefreshTokens: boolean;
  /** Whether the Calendar API is switched on in the project; else 403 `accessNotConfigured`. */
  apiEnabled: boolean;
  /** Listings begin with an empty page and give half of what `maxResults` allows, as Google may. Default `false`. */
  shortPages: boolean;
  /** Whether `import` of a known `iCalUID` writes over that event, deleted or not. Widely relied on, not documented. Default `true`. */
  importUpserts: boolean;
  /** Hosts that Google refuses as addresses of channels, because nobody has verified them. */
  unverifiedHosts: readonly string[];
}

const DEFAULTS: GoogleSettings = {
  rateLimits: {
    perUser: { requests: 600, perMs: 60_000 },
    perProject: { requests: 10_000, perMs: 60_000 },
  },
  rateLimitStatus: 403,
  creationsLeft: false,
  publishingStatus: "production",
  rotateRefreshTokens: false,
  apiEnabled: true,
  shortPages: false,
  importUpserts: true,
  unverifiedHosts: [],
};

/** An account. */
export interface GoogleUser {
  /** Address of the account, and id of its primary calendar. */
  readonly email: string;
  /** The subject that `userinfo` shows. */
  readonly sub: string;
  readonly displayName: string;
  readonly timeZone: string;
  /** Calendars in the user's list, removed ones included, by id. */
  readonly list: Map<string, CalendarListEntry>;
  /** Scopes in their long form that this user takes the tick away from on the consent page. */
  untickedScopes: ReadonlySet<string>;
}

/** Everything that Google's stand-in knows. */
export class GoogleWorld {
  readonly clock: WaitingClock;
  readonly dice: Dice;
  readonly settings: GoogleSettings;
  readonly clients = new Map<string, GoogleClient>();
  readonly users = new Map<string, GoogleUser>();
  readonly calendars = new Map<string, GoogleCalendar>();
  readonly grants: GoogleGrants;
  readonly quota = new QuotaWindows();
  readonly listTokens: ListTokens;
  readonly channels: Channels;
  /** Mails that would have been sent, oldest first. */
  readonly mails: WouldBeMail[] = [];
  #changes = 0;

  constructor(clock: WaitingClock, seed: string, settings: Partial<GoogleSettings>, send?: NotificationFetch) {
    this.clock = clock;
    this.dice = createDice(`google:${seed}`);
    this.settings = { ...DEFAULTS, ...settings };
    this.grants = new GoogleGrants(this.dice);
    this.channels = new Channels(clock, this.dice, send);
    this.listTokens = new ListTokens(this.dice);
  }

  /** How many changes there have been, to anything. */
  get changes(): number {
    return this.#changes;
  }

  /** Numbers a change. Versions, sync positions and etags are such numbers. */
  nextChange(): number {
    this.#changes += 1;
    return this.#changes;
  }
}

/** A change's number in the form of Google's etags, quotes included. */
export function etagOf(version: number): string {
  return `"${3_520_000_000_000_000 + version * 2_000}"`;
}
