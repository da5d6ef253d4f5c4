import { postgres } from "@syncer/storage-adapters/postgres";

/** How the contract suite's child processes open the place: the argument is the connection and the schema, as JSON. */
export default (argument: string) => {
  const { connectionString, schema } = JSON.parse(argument) as { connectionString: string; schema: string };
  return postgres({ connectionString }, { schema });
};
