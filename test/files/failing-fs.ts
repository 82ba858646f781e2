/**
 * @file Lets a chosen call of Node's file system fail as a full, broken or read-only disk makes it
 * fail. Import it first: it exchanges the functions of `node:fs` for everybody in the process.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { constants } from "node:os";

/** What fails: the call throws, or a write or read is shorter than asked for. */
export type Kind = "write" | "short write" | "sync" | "rename" | "open" | "read" | "short read";

/** The call that fails: the n-th of its kind, from 1, on a file under a folder. */
export interface Plan {
  readonly kind: Kind;
  readonly code: "ENOSPC" | "EIO" | "EROFS";
  readonly n: number;
  readonly folder: string;
}

let plan: Plan | undefined;
let [seen, fired] = [0, false];
const paths = new Map<number, string>();

/** Arms a plan; undefined disarms. */
export function arm(next: Plan | undefined): void {
  plan = next;
  [seen, fired] = [0, false];
}

/** Whether the armed plan has come to its call. */
export const hasFired = (): boolean => fired;

/** Whether this call is the one. */
function due(kind: Kind, path: unknown): boolean {
  if (plan === undefined || plan.kind !== kind || !String(path).startsWith(plan.folder))
    return false;
  if (++seen !== plan.n) return false;
  fired = true;
  return true;
}

/** Throws as Node does where this call is the one. */
function failing(kind: Kind, syscall: string, path: unknown): void {
  if (!due(kind, path)) return;
  const { code } = plan as Plan;
  const errno = -(constants.errno as Readonly<Record<string, number>>)[code]!;
  throw Object.assign(new Error(`${code}: injected, ${syscall}`), { code, errno, syscall });
}

const real = { ...fs };

fs.openSync = ((path: fs.PathLike, ...rest: [fs.OpenMode?, fs.Mode?]) => {
  failing("open", "open", path);
  const file = real.openSync(path, ...(rest as [fs.OpenMode]));
  paths.set(file, String(path));
  return file;
}) as typeof fs.openSync;

fs.writeSync = ((file: number, data: Uint8Array, at = 0, length = data.length - at) => {
  const path = paths.get(file);
  failing("write", "write", path);
  if (length > 1 && due("short write", path)) return real.writeSync(file, data, at, length >> 1);
  return real.writeSync(file, data, at, length);
}) as unknown as typeof fs.writeSync;

fs.appendFileSync = ((path, ...rest) => {
  failing("write", "write", path);
  real.appendFileSync(path, ...rest);
}) as typeof fs.appendFileSync;

fs.ftruncateSync = (file, length) => {
  failing("write", "ftruncate", paths.get(file));
  real.ftruncateSync(file, length);
};

fs.fsyncSync = (file) => {
  failing("sync", "fsync", paths.get(file));
  real.fsyncSync(file);
};

fs.renameSync = (from, to) => {
  failing("rename", "rename", from);
  real.renameSync(from, to);
};

fs.readSync = ((
  file: number,
  data: Uint8Array,
  at = 0,
  length = data.length - at,
  place: number | null = null,
) => {
  const path = paths.get(file);
  failing("read", "read", path);
  if (length > 1 && due("short read", path))
    return real.readSync(file, data, at, length >> 1, place);
  return real.readSync(file, data, at, length, place);
}) as unknown as typeof fs.readSync;

fs.readFileSync = ((path: fs.PathOrFileDescriptor, options: BufferEncoding) => {
  failing("read", "read", path);
  return real.readFileSync(path, options);
}) as typeof fs.readFileSync;

fs.readdirSync = ((path: fs.PathLike, ...rest: [BufferEncoding?]) => {
  failing("read", "scandir", path);
  return real.readdirSync(path, ...rest);
}) as typeof fs.readdirSync;

syncBuiltinESMExports();
