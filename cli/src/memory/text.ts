import { counted, formatBytes, textTable } from "../textTable";
import type { MemoryResult, RoleMemory } from "./result";
import { isState } from "./result";

/** The result for people. */
export function memoryText({ roles }: MemoryResult): string {
  return roles.map(roleText).join("\n");
}

function roleText(memory: RoleMemory): string {
  const { role, keys, bytes, used, data, maxmemory, types, queues, prefixes, biggest, frees } = memory;
  const share = (part: number) => (bytes > 0 ? `${Math.round((part / bytes) * 100)} %` : "–");
  const limit = maxmemory > 0 ? ` of ${formatBytes(maxmemory)}` : ", without a limit";
  const parts = [
    `${role}: ${counted(keys, "key")}, ${formatBytes(bytes)} of data (the server ${data === undefined ? "does not say" : `says ${formatBytes(data)}`}); ${formatBytes(used)} used${limit}\n`,
  ];
  if (queues.length > 0) {
    const rows = queues.flatMap(({ queue, parts }) =>
      parts.map(({ name, keys, bytes }) => [
        queue,
        name,
        isState(name) ? keys : "",
        formatBytes(bytes),
        share(bytes),
      ]),
    );
    parts.push(textTable(["queue", "state or part", "jobs", "bytes", "share"], rows));
  }
  if (prefixes.length > 0) {
    const rows = prefixes.map(({ name, keys, bytes }) => [name, keys, formatBytes(bytes), share(bytes)]);
    parts.push(textTable(["prefix", "keys", "bytes", "share"], rows));
  }
  const rows = types.map(({ name, keys, bytes }) => [name, keys, formatBytes(bytes), share(bytes)]);
  if (rows.length > 0) parts.push(textTable(["type", "keys", "bytes", "share"], rows));
  if (biggest.length > 0)
    parts.push(
      textTable(
        ["biggest keys", "type", "bytes"],
        biggest.map(({ key, type, bytes }) => [key, type, formatBytes(bytes)]),
      ),
    );
  parts.push(
    ...frees.map(
      ({ command, bytes, jobs }) => `${command}\n  frees ${formatBytes(bytes)} (${counted(jobs, "key")})\n`,
    ),
  );
  return parts.join("");
}
