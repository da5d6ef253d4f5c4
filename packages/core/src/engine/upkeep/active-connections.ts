import type { EngineParts } from "../engine-parts.ts";

/** Connections that can be used, of all users, by service. Numbers only. */
export async function activeConnections({ storage, registry }: Pick<EngineParts, "storage" | "registry">) {
  const names = registry.list().map(({ name }) => name);
  const counts = await Promise.all(
    names.map((service) =>
      storage.count({ table: "user_services", where: { service, state: "active", enabled: true } }),
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}
