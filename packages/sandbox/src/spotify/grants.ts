import type { Dice } from "../seeded.ts";

/** A code that waits for its exchange. */
export interface SpotifyCode {
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
  readonly issuedAt: number;
  used: boolean;
}

/** What the user has allowed; lives six months from the user's own act, whatever is refreshed in between. */
export interface SpotifyGrant {
  readonly clientId: string;
  /** Who the tokens stand for; changes if an account swap is simulated. `undefined`: the app itself. */
  userId: string | undefined;
  readonly scopes: readonly string[];
  readonly authorizedAt: number;
  refreshToken: string | undefined;
  revoked: boolean;
}

export interface SpotifyAccessToken {
  readonly grant: SpotifyGrant;
  expiresAt: number;
}

/** Codes and tokens. */
export class SpotifyGrants {
  readonly codes = new Map<string, SpotifyCode>();
  readonly accessTokens = new Map<string, SpotifyAccessToken>();
  /** Refresh tokens of all time: replaced and revoked ones stay known, so that each dies with its own words. */
  readonly refreshTokens = new Map<string, SpotifyGrant>();
  /** `client user` → scopes allowed before, so that a second visit needs no consent page. */
  readonly consents = new Map<string, ReadonlySet<string>>();
  readonly #dice: Dice;
  #issued = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  issueCode(code: SpotifyCode): string {
    const text = this.#secret("AQ", "code");
    this.codes.set(text, code);
    return text;
  }

  issueAccessToken(grant: SpotifyGrant, expiresAt: number): string {
    const text = this.#secret("BQ", "access");
    this.accessTokens.set(text, { grant, expiresAt });
    return text;
  }

  issueRefreshToken(grant: SpotifyGrant): string {
    const text = this.#secret("AQ", "refresh");
    grant.refreshToken = text;
    this.refreshTokens.set(text, grant);
    return text;
  }

  #secret(prefix: string, trait: string): string {
    this.#issued += 1;
    const key = String(this.#issued);
    return prefix + [0, 1, 2, 3].map((part) => this.#dice.base62(`${trait}-${part}`, key)).join("");
  }
}
