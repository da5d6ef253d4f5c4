import { json } from "../exchange.ts";

/** Deezer's errors by code: almost always with HTTP 200. */
const TYPES: Readonly<Record<number, readonly [type: string, message: string]>> = {
  4: ["Exception", "Quota limit exceeded"],
  50: ["OAuthException", "Application error"],
  100: ["Exception", "Items limit exceeded"],
  200: ["OAuthException", "An active access token must be used to query information about the current user"],
  300: ["OAuthException", "Invalid OAuth access token."],
  500: ["ParameterException", "Wrong parameter"],
  501: ["MissingParameterException", "Missing parameter"],
  600: ["InvalidQueryException", "Unknown path components"],
  700: ["Exception", "Service busy"],
  800: ["DataException", "no data"],
  901: ["IndividualAccountChangedNotAllowedException", "Individual account not allowed"],
};

/** An error body of Deezer, inside a 200. */
export function deezerError(code: number, message?: string): Response {
  const [type, text] = TYPES[code] ?? ["Exception", "Unknown error"];
  return json({ error: { type, message: message ?? text, code } });
}

/** An answer that a route gives by throwing. */
export class DeezerRefusal extends Error {
  override readonly name = "DeezerRefusal";
  readonly response: Response;
  constructor(code: number, message?: string) {
    super("The emulated service refuses the request.");
    this.response = deezerError(code, message);
  }
}
