export type { D1Binding, D1Options, D1PreparedQuery, D1QueryResult, D1Storage } from "./d1-storage.ts";
export { d1 } from "./d1-storage.ts";
