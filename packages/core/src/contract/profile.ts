/** Who is signed in. All of it is transient but the id, which is stored sealed with a keyed hash. */
export interface UserProfile {
  /** The account's immutable id at the service. */
  readonly externalId: string;
  /** Other ids under which the service knows the same account (Spotify: `id` beside `account_id`). */
  readonly otherIds?: readonly string[];
  readonly username?: string;
  readonly email?: string;
  readonly displayName?: string;
  readonly avatarUrl?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

export interface HealthStatus {
  readonly status: "healthy" | "degraded" | "unhealthy";
  /** A short code when not healthy. */
  readonly reason?: string;
}
