import { InvalidRequestError } from "../errors/index.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Plain HTTP, which is for stand-ins on this machine only: secrets travel to these addresses. */
export function isPlainHttp(endpoint: string): boolean {
  return new URL(endpoint).protocol === "http:";
}

/** @throws {InvalidRequestError} `service.url-refused`: neither https nor http on a loopback address */
export function assertOAuthEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const acceptable = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (url && acceptable) return url;
  throw new InvalidRequestError("service.url-refused", {
    problem: "an OAuth endpoint has to be https, or http on a loopback address",
  });
}
