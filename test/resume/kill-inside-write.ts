/**
 * @file Preloaded into a process that is to die inside the write of a checkpoint: SIGKILL at the
 * n-th call to the file system that writes one. A write gets half of its bytes out first, as when
 * the power fails.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { openSync, writeSync, fsyncSync, closeSync, renameSync } = fs;
const writing = new Set<number>();
let left = Number(process.env.SPM_KILL_AT_CALL);

/** Counts a call; at the last one does `half` of it and dies. */
function count(half: () => void = () => {}): void {
  if (--left > 0) return;
  half();
  process.kill(process.pid, "SIGKILL");
  for (;;); // nothing more until the signal arrives
}

const isCheckpoint = (path: unknown): boolean => String(path).endsWith(".safetensors.part");

fs.openSync = ((path: fs.PathLike, ...rest: [fs.OpenMode?, fs.Mode?]) => {
  if (isCheckpoint(path)) count();
  const file = openSync(path, ...(rest as [fs.OpenMode]));
  if (isCheckpoint(path)) writing.add(file);
  return file;
}) as typeof fs.openSync;

fs.writeSync = ((file: number, data: Uint8Array, at?: number) => {
  if (writing.has(file)) count(() => void writeSync(file, data.subarray(0, data.length >> 1)));
  return writeSync(file, data, at);
}) as typeof fs.writeSync;

fs.fsyncSync = (file) => {
  if (writing.has(file)) count();
  fsyncSync(file);
};

fs.closeSync = (file) => {
  if (writing.delete(file)) count();
  closeSync(file);
};

fs.renameSync = (from, to) => {
  if (!isCheckpoint(from)) return renameSync(from, to);
  count();
  renameSync(from, to);
  count(); // renamed, but nobody has said so to the folder
};

syncBuiltinESMExports();
