/**
 * Why the user has to consent again. Stable codes.
 * - `grant-refused`: the service no longer takes the refresh token (RFC 6749 `invalid_grant`)
 * - `grant-expired`: the same, after the end that the service had announced
 * - `token-expired`: the access token has ended, and tokens of this service cannot be refreshed
 * - `token-refused`: the service refuses an access token that ought to be good, and it cannot be refreshed
 * - `service-demands`: the service asks for a new sign-in in its own words
 */
export const reauthorizationReasons = [
  "grant-refused",
  "grant-expired",
  "token-expired",
  "token-refused",
  "service-demands",
] as const;

export type ReauthorizationReason = (typeof reauthorizationReasons)[number];
