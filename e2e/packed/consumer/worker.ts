import { createHost } from "./host.ts";
import { tableStorage } from "./table-storage.ts";

interface Bindings {
  readonly SERVICES_URL: string;
  readonly ENCRYPTION_KEY: string;
  readonly APPS: {
    readonly spotify: { clientId: string; clientSecret: string };
    readonly deezer: { appId: string; appSecret: string };
  };
}

// Rows outlive a request; an engine does not, because what it waits for belongs to the request that began it.
const storage = tableStorage();

export default {
  fetch(request: Request, { SERVICES_URL, ENCRYPTION_KEY, APPS }: Bindings): Promise<Response> {
    return createHost({ storage, servicesUrl: SERVICES_URL, encryptionKey: ENCRYPTION_KEY, ...APPS })(request);
  },
};
