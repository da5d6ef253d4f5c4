/** How a person acts on the consent page. */
export interface SignInOptions {
  /** Requests go through this: `sandbox.fetch`, or the platform's own against a running server. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The address that the person is sent to in order to sign in. */
  readonly url: string;
  /** The account to choose: a Spotify user id, a Deezer user number, or a Google address. */
  readonly user: string | number;
  /** Default `allow`. */
  readonly decision?: "allow" | "deny";
}

/** The page did not lead back to the app. */
export class SignInFailed extends Error {
  override readonly name = "SignInFailed";
  /** HTTP status of the page that ended the sign-in. */
  readonly status: number;
  constructor(status: number, pageText: string) {
    super(`The consent page did not lead back to the app (HTTP ${status}): ${pageText}`);
    this.status = status;
  }
}

/**
 * Signs a person in as a browser would: requests the consent page, posts its form, and takes the address that the
 * answer redirects to.
 *
 * @returns the callback address with `code` and `state`, or with the service's words for a denial
 * @throws {SignInFailed} the page showed an error, or the account does not exist
 */
export async function signIn({ fetch, url, user, decision = "allow" }: SignInOptions): Promise<URL> {
  const page = await fetch(url, { redirect: "manual" });
  const immediate = page.headers.get("location");
  if (immediate !== null) return new URL(immediate);
  const html = await page.text();
  if (!html.includes("<form")) throw new SignInFailed(page.status, pageText(html));
  const answer = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ user: String(user), decision }),
    redirect: "manual",
  });
  const location = answer.headers.get("location");
  if (location === null) throw new SignInFailed(answer.status, pageText(await answer.text()));
  return new URL(location);
}

function pageText(html: string): string {
  return (/<p>(.*?)<\/p>/s.exec(html)?.[1] ?? html).slice(0, 200);
}
