import { sealContext } from "../../crypto/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { Side } from "../plans/plan.ts";
import type { PairRow } from "../runs/run-context.ts";

/** The containers that a pair stands between, by side; the services' own ids. */
export type PairContainers = { readonly [S in Side]?: string };

type Columns = Pick<PairRow, "source_container" | "target_container" | "containers_sealed">;
type Parts = Pick<EngineParts, "encryption" | "hashes">;
type Owner = Pick<PairRow, "id" | "tenant_id">;

/** What is in a container of a service, or in none. */
interface Contained {
  readonly provider: { readonly name: string };
  readonly container?: string;
}

/** By what a container is found, and told from others of its service. Empty: there is none. */
export async function containerKey(
  { hashes }: Pick<Parts, "hashes">,
  tenantId: string,
  { provider, container }: Contained,
): Promise<string> {
  const hasher = await hashes.forTenant(tenantId);
  return container === undefined ? "" : hasher.hash("container", `${provider.name}\n${container}`);
}

/** The same for both sides of a pair. */
export async function containerKeys(
  parts: Pick<Parts, "hashes">,
  tenantId: string,
  sides: { readonly [S in Side]: Contained },
): Promise<Pick<Columns, "source_container" | "target_container">> {
  const [source_container, target_container] = await Promise.all(
    [sides.source, sides.target].map((side) => containerKey(parts, tenantId, side)),
  );
  return { source_container: source_container ?? "", target_container: target_container ?? "" };
}

export async function sealContainers(
  { encryption }: Pick<Parts, "encryption">,
  owner: Owner,
  { source, target }: PairContainers,
): Promise<string | null> {
  if (source === undefined && target === undefined) return null;
  const text = JSON.stringify({
    ...(source === undefined ? {} : { source }),
    ...(target === undefined ? {} : { target }),
  });
  return await encryption.seal(text, sealContext("sync_pairs", "containers_sealed", owner));
}

/** @throws {CryptoError} what is stored does not open */
export async function openContainers(
  { encryption }: Pick<Parts, "encryption">,
  row: Owner & Pick<Columns, "containers_sealed">,
): Promise<PairContainers> {
  if (row.containers_sealed === null) return {};
  const text = await encryption.open(row.containers_sealed, sealContext("sync_pairs", "containers_sealed", row));
  // Nobody else can have sealed it.
  return JSON.parse(text) as PairContainers;
}
