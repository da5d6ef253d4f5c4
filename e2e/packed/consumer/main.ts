import { createServer } from "node:http";
import { createHost } from "./host.ts";
import { tableStorage } from "./table-storage.ts";

const { SERVICES_URL = "", ENCRYPTION_KEY = "", APPS = "{}" } = process.env;
const handle = createHost({
  storage: tableStorage(),
  servicesUrl: SERVICES_URL,
  encryptionKey: ENCRYPTION_KEY,
  ...JSON.parse(APPS),
});
const server = createServer(async ({ url = "/", headers }, response) => {
  const answer = await handle(new Request(`http://${headers.host}${url}`));
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  process.stdout.write(`ready ${process.version} http://127.0.0.1:${address.port}\n`);
});
process.once("SIGTERM", () => server.close());
