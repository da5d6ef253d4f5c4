interface Consent {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly scope: string;
}

/** Sign-in of the stand-in: codes, access tokens of an hour, refresh tokens that work once (rotation). */
export class JukeboxAccounts {
  readonly #clock: { now(): number };
  readonly #codes = new Map<string, Consent>();
  readonly #accessTokens = new Map<string, number>();
  readonly #refreshTokens = new Map<string, string>();
  #given = 0;

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  giveCode(consent: Consent): string {
    const code = this.#name("code");
    this.#codes.set(code, consent);
    return code;
  }

  /** @returns the scope that was consented to; `undefined` for a code that is not good (any more) */
  async redeemCode(code: string, verifier: string, redirectUri: string): Promise<string | undefined> {
    const consent = this.#codes.get(code);
    this.#codes.delete(code);
    if (consent?.redirectUri !== redirectUri) return undefined;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
    const challenge = base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return challenge === consent.challenge ? consent.scope : undefined;
  }

  /** Ends the refresh token, whatever is done with the new one. */
  redeemRefreshToken(token: string): string | undefined {
    const scope = this.#refreshTokens.get(token);
    this.#refreshTokens.delete(token);
    return scope;
  }

  giveTokens(scope: string) {
    const accessToken = this.#name("access");
    const refreshToken = this.#name("refresh");
    this.#accessTokens.set(accessToken, this.#clock.now() + 3_600_000);
    this.#refreshTokens.set(refreshToken, scope);
    return {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: "Bearer",
      expires_in: 3_600,
      scope,
    };
  }

  revoke(token: string): void {
    this.#accessTokens.delete(token);
    this.#refreshTokens.delete(token);
  }

  knows(accessToken: string): boolean {
    return (this.#accessTokens.get(accessToken) ?? 0) > this.#clock.now();
  }

  #name(kind: string): string {
    this.#given += 1;
    return `jukebox-${kind}-${String(this.#given).padStart(4, "0")}`;
  }
}
