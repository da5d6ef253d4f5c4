/** Sign-in of the stand-in: codes, access tokens of an hour, refresh tokens that work once (rotation). */
export class JukeboxAccounts {
  readonly #clock: { now(): number };
  readonly #codes = new Map<string, { readonly challenge: string; readonly redirectUri: string }>();
  readonly #accessTokens = new Map<string, number>();
  readonly #refreshTokens = new Set<string>();
  #given = 0;

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  giveCode(challenge: string, redirectUri: string): string {
    const code = this.#name("code");
    this.#codes.set(code, { challenge, redirectUri });
    return code;
  }

  async redeemCode(code: string, verifier: string, redirectUri: string): Promise<boolean> {
    const pending = this.#codes.get(code);
    this.#codes.delete(code);
    if (!pending || pending.redirectUri !== redirectUri) return false;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
    return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === pending.challenge;
  }

  /** Ends the refresh token, whatever is done with the new one. */
  redeemRefreshToken(token: string): boolean {
    return this.#refreshTokens.delete(token);
  }

  giveTokens() {
    const accessToken = this.#name("access");
    const refreshToken = this.#name("refresh");
    this.#accessTokens.set(accessToken, this.#clock.now() + 3_600_000);
    this.#refreshTokens.add(refreshToken);
    return {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: "Bearer",
      expires_in: 3_600,
      scope: "library:read library:write",
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
