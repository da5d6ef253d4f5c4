/** Where a ciphertext lives. It is bound in as associated data: moved elsewhere, a ciphertext does not open. */
export interface SealContext {
  readonly tenantId: string;
  /** The id of the row that holds it, or of its owner: a connection, a pair, a link. */
  readonly ownerId: string;
  /** For example `user_services.access_token`. */
  readonly field: string;
}

/**
 * Authenticated encryption for what is stored. The built-in `keyring` is AES-256-GCM; a host may bring its KMS.
 * Every promise rejects with a `CryptoError` and changes nothing.
 */
export interface Encryption {
  /** @returns printable text that carries the id of the key it was sealed under */
  seal(plain: string, context: SealContext): Promise<string>;
  /** @throws {CryptoError} `crypto.key-unknown`, `crypto.ciphertext-malformed`, `crypto.tampered` */
  open(sealed: string, context: SealContext): Promise<string>;
  /** Whether `sealed` is under an older key than the one that seals now, so that a re-encryption should renew it. */
  isOutdated(sealed: string): boolean;
}
