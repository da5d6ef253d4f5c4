import type { Dice } from "../seeded.ts";

/** What a user has allowed one app. All tokens of it die together when it is revoked. */
export interface GoogleGrant {
  readonly clientId: string;
  /** Who the tokens stand for; changes if an account swap is simulated. */
  email: string;
  /** Scopes in Google's long form. */
  scopes: ReadonlySet<string>;
  revoked: boolean;
}

/** A code that waits for its exchange. */
export interface GoogleCode {
  readonly grant: GoogleGrant;
  readonly scopes: ReadonlySet<string>;
  readonly redirectUri: string;
  readonly codeChallenge: string | undefined;
  readonly codeChallengeMethod: "S256" | "plain";
  readonly offline: boolean;
  /** Whether the exchange brings a refresh token. */
  readonly refreshTokenDue: boolean;
  readonly issuedAt: number;
  used: boolean;
}

export interface GoogleRefreshToken {
  readonly grant: GoogleGrant;
  readonly scopes: ReadonlySet<string>;
  readonly issuedAt: number;
  usedAt: number;
  revoked: boolean;
}

export interface GoogleAccessToken {
  readonly grant: GoogleGrant;
  readonly scopes: ReadonlySet<string>;
  readonly offline: boolean;
  expiresAt: number;
}

/** Live refresh tokens per account and client; the oldest dies silently when one more is issued. */
const LIVE_REFRESH_TOKENS = 100;

/** Codes and tokens. */
export class GoogleGrants {
  readonly codes = new Map<string, GoogleCode>();
  readonly accessTokens = new Map<string, GoogleAccessToken>();
  /** Of all time: dead ones stay known. */
  readonly refreshTokens = new Map<string, GoogleRefreshToken>();
  readonly #grants = new Map<string, GoogleGrant>();
  readonly #dice: Dice;
  #issued = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** The living grant of a user for an app. */
  find(clientId: string, email: string): GoogleGrant | undefined {
    const grant = this.#grants.get(`${clientId} ${email}`);
    return grant?.revoked === false ? grant : undefined;
  }

  /** Adds scopes to the user's grant, or begins one. */
  extend(clientId: string, email: string, scopes: Iterable<string>): GoogleGrant {
    const grant = this.find(clientId, email) ?? { clientId, email, scopes: new Set<string>(), revoked: false };
    grant.scopes = new Set([...grant.scopes, ...scopes]);
    this.#grants.set(`${clientId} ${email}`, grant);
    return grant;
  }

  /** Ends access of one user's apps: all grants whose tokens stand for the user. */
  revokeAll(email: string): void {
    for (const grant of this.all()) if (grant.email === email) grant.revoked = true;
  }

  all(): Iterable<GoogleGrant> {
    return new Set([
      ...this.#grants.values(),
      ...[...this.accessTokens.values(), ...this.refreshTokens.values()].map(({ grant }) => grant),
    ]);
  }

  issueCode(code: GoogleCode): string {
    const text = `4/0A${this.#secret("code")}`;
    this.codes.set(text, code);
    return text;
  }

  issueAccessToken(token: GoogleAccessToken): string {
    const text = `ya29.a0${this.#secret("access")}`;
    this.accessTokens.set(text, token);
    return text;
  }

  issueRefreshToken(grant: GoogleGrant, scopes: ReadonlySet<string>, now: number): string {
    const text = `1//0${this.#secret("refresh")}`;
    this.refreshTokens.set(text, { grant, scopes, issuedAt: now, usedAt: now, revoked: false });
    const live = [...this.refreshTokens.values()].filter((token) => token.grant === grant && !token.revoked);
    for (const token of live.slice(0, -LIVE_REFRESH_TOKENS)) token.revoked = true;
    return text;
  }

  #secret(trait: string): string {
    this.#issued += 1;
    const key = String(this.#issued);
    return [0, 1, 2].map((part) => this.#dice.base62(`google-${trait}-${part}`, key)).join("");
  }
}
