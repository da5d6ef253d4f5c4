import type { AnyProvider } from "../contract/index.ts";

/** Parameters, fields and headers whose values are secrets at one service or another. Compared without case. */
const SECRET_NAMES = [
  "access_token",
  "refresh_token",
  "id_token",
  "token",
  "code",
  "code_verifier",
  "state",
  "client_secret",
  "secret",
  "password",
  "passwd",
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "api_key",
  "apikey",
  "key",
  "x-api-key",
  "arl",
  "sid",
  "session",
  "assertion",
  "client_assertion",
  "music-user-token",
  "signature",
];
const MASK = "***";

/** Takes secrets out of what is about to be shown. Pure; never throws. */
export interface Redactor {
  /** Values of secret parameters in query and fragment, and any user name and password, are masked. */
  redactUrl(url: string | URL): string;
  redactHeaders(headers: Headers): Readonly<Record<string, string>>;
  /**
   * For free text such as a host's own log line: `name=value`, `"name": "value"`, `name: value`, `Bearer …`, and user
   * names in URLs. A net, not a wall: text that may hold a secret is better not written at all.
   */
  redact(text: string): string;
}

/** @param secretNames further names of parameters, fields or headers, beside the common ones */
export function createRedactor(secretNames: readonly string[] = []): Redactor {
  const names = new Set([...SECRET_NAMES, ...secretNames].map(normalize));
  const isSecret = (name: string): boolean => names.has(normalize(name));
  const alternatives = [...names].sort((a, b) => b.length - a.length).map(asPattern);
  const name = `(?:${alternatives.join("|")})`;
  const quoted = new RegExp(`(["'])(${name})\\1(\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')`, "gi");
  const assigned = new RegExp(
    `(?:(?<![\\w-])|(?<=%[\\da-f]{2}))(${name})(\\s*[=:]\\s*|%3D)(?!["'])((?:Bearer|Basic)\\s+)?[^\\s&"',;}\\]]+`,
    "gi",
  );

  const maskParameters = (parameters: URLSearchParams): URLSearchParams => {
    for (const key of new Set(parameters.keys())) if (isSecret(key)) parameters.set(key, MASK);
    return parameters;
  };

  const redact = (text: string): string =>
    text
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${MASK}@`)
      .replace(quoted, (_, quote: string, key: string, colon: string) => `${quote}${key}${quote}${colon}"${MASK}"`)
      .replace(assigned, (_, key: string, sign: string) => `${key}${sign}${MASK}`)
      .replace(/\b(Bearer|Basic)\s+(?!\*\*\*)[\w.~+/=-]+/gi, `$1 ${MASK}`);

  return {
    redactUrl(url) {
      if (!URL.canParse(String(url))) return redact(String(url));
      const shown = new URL(url);
      if (shown.username !== "" || shown.password !== "") {
        shown.username = MASK;
        shown.password = "";
      }
      maskParameters(shown.searchParams);
      // Implicit grants put tokens behind the #.
      if (shown.hash.includes("=")) shown.hash = maskParameters(new URLSearchParams(shown.hash.slice(1))).toString();
      return shown.href;
    },
    redactHeaders: (headers) =>
      Object.fromEntries([...headers].map(([key, value]) => [key, isSecret(key) ? MASK : redact(value)])),
    redact,
  };
}

/** Knows the provider's own secret parameters too. */
export function redactorFor(provider: AnyProvider): Redactor {
  return createRedactor(provider.transport.secretParameters);
}

const common = createRedactor();
export const { redactUrl, redactHeaders, redact } = common;

function normalize(name: string): string {
  return name.toLowerCase();
}

/** A name as part of a regular expression; `client_secret` is also `client-secret` and `clientsecret`. */
function asPattern(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[-_]/g, "[-_]?");
}
