import type { OriginApp, RouteInfo } from "./exchange.ts";

interface CompiledRoute {
  readonly pattern: RegExp;
  readonly info: RouteInfo;
}

/** Turns a path template into a pattern: `:name` and `*` stand for one segment, `**` for any rest. */
export function pathPattern(template: string): RegExp {
  const source = template
    .split("/")
    .map((segment) => {
      if (segment === "**") return ".*";
      if (segment === "*" || segment.startsWith(":")) return "[^/]+";
      return segment.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("/");
  return new RegExp(`^${source}$`);
}

/** Finds the route of a request without running it, for counters and for faults that never reach the app. */
export class RouteTable {
  readonly #byMethod: Map<string, CompiledRoute[]>;

  constructor(app: OriginApp) {
    const compiled = app.routes.map((info) => ({ pattern: pathPattern(info.path), info }));
    this.#byMethod = Map.groupBy(compiled, ({ info }) => info.method);
  }

  find(method: string, path: string): RouteInfo | undefined {
    return this.#byMethod.get(method)?.find(({ pattern }) => pattern.test(path))?.info;
  }
}
