import type { HttpRequest, OutgoingRequest } from "../contract/index.ts";
import { InvalidRequestError } from "../errors/index.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** What `sendOnce` needs of a request. Built anew for each attempt, because authorization changes it. */
export interface BuiltRequest extends OutgoingRequest {
  readonly method: string;
  /** Reads the form after authorization has put its field into it. */
  readonly body: () => string | undefined;
}

/**
 * The request as it goes out, without its token. Everything user-given is encoded: a value in the path is one segment.
 *
 * @throws {InvalidRequestError} `service.id-refused`: a path value is empty, a dot segment (it would be another route),
 *   holds control characters or half of a surrogate pair; `request.invalid`: a placeholder has no value, a header
 *   cannot be sent
 */
export function buildRequest<T>(service: string, request: HttpRequest<T>, userAgent: string): BuiltRequest {
  const url = addressOf(service, request);
  const headers = buildHeaders(service, request, userAgent);
  const form = request.form === undefined ? undefined : new URLSearchParams({ ...request.form });
  if (form) headers.set("content-type", "application/x-www-form-urlencoded");
  else if (request.json !== undefined) headers.set("content-type", "application/json");
  else if (request.text) headers.set("content-type", request.text.contentType);
  return {
    method: request.method,
    url,
    headers,
    ...(form ? { form } : {}),
    body: () =>
      form ? form.toString() : request.json === undefined ? request.text?.body : JSON.stringify(request.json),
  };
}

function addressOf<T>(service: string, request: HttpRequest<T>): URL {
  // A copy: authorization may change it.
  if (request.url) return new URL(request.url);
  const url = new URL(`${request.base.replace(/\/$/, "")}${fillRoute(service, request)}`);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (Array.isArray(value)) for (const each of value) url.searchParams.append(name, each);
    else if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function fillRoute<T>(service: string, { route, path = {} }: HttpRequest<T>): string {
  return route.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const value = path[name];
    if (value === undefined) {
      throw new InvalidRequestError("request.invalid", {
        path: `${service} ${route}`,
        problem: `the placeholder {${name}} has no value in \`path\`.`,
      });
    }
    // WHATWG URLs treat %2e like a dot, so dot segments cannot be sent in any spelling.
    if (value === "" || value === "." || value === ".." || CONTROL.test(value) || !value.isWellFormed()) {
      throw new InvalidRequestError("service.id-refused", { service, route });
    }
    return encodeURIComponent(value);
  });
}

function buildHeaders<T>(service: string, request: HttpRequest<T>, userAgent: string): Headers {
  const headers = new Headers({ accept: "application/json", "user-agent": userAgent });
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    try {
      headers.set(name, value);
    } catch {
      // The platform's error quotes the value, which may be a secret.
      throw new InvalidRequestError("request.invalid", {
        path: `${service} ${request.route}`,
        problem: `the header ${CONTROL.test(name) ? "" : name} has a value that cannot be sent.`,
      });
    }
  }
  return headers;
}
