import { copyFile } from "node:fs/promises";
import type { StorageAdapter } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import pg from "pg";

/** The database of a setting: a SQLite file, or a database on a PostgreSQL server. */
export function databaseOf({ file }: { readonly file: string }): StorageAdapter {
  return isOnServer(file) ? postgres({ connectionString: file }, { poolSize: 5 }) : sqlite(file);
}

/** The address of a database on the same server as another one. */
export function databaseAt(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name.replace(/\W/g, "_").toLowerCase()}`;
  return url.href;
}

/** Makes an empty one, beside the file or on the server that another one is on. @returns its address */
export async function emptyDatabase(path: string, beside: string): Promise<string> {
  if (!isOnServer(beside)) return path;
  const file = databaseAt(beside, path);
  await onServer(file, `create database ${nameOf(file)}`);
  return file;
}

/** Copies one that nobody is connected to. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  if (!isOnServer(to)) return await copyFile(from, to);
  await onServer(to, `create database ${nameOf(to)} template ${nameOf(from)}`);
}

function isOnServer(file: string): boolean {
  return file.startsWith("postgres://");
}

function nameOf(file: string): string {
  return `"${new URL(file).pathname.slice(1)}"`;
}

async function onServer(file: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseAt(file, "postgres") });
  await client.connect();
  await client.query(statement);
  await client.end();
}
