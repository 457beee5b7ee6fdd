import type { Queue, Role, RoleState, Server, Topology } from "./types.js";

/** An element with these properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A role's figures as pairs of `dt` and `dd`. What the server does not show is left out. `at`: when they were true. */
export function figureList(role: Role, server: Server, at: string): HTMLElement[] {
  const { memory, clients, persistence, hitRate } = server;
  const rows: [string, string | undefined][] = [
    ["memory", `${bytes(memory.usedBytes)} of ${limit(memory)}`],
    ["eviction policy", memory.policy],
    ["operations a second", count(server.opsPerSecond)],
    ["clients", `${count(clients.connected)}${clients.limit ? ` of ${count(clients.limit)}` : ""}`],
    ["hit rate", hitRate === undefined ? undefined : `${(hitRate * 100).toFixed(1)} %`],
    ["evicted keys", count(server.evicted.total)],
    ["rejected connections", count(server.rejected.total)],
    ["refused writes", count(server.refusedWrites.total)],
    ["fragmentation", memory.fragmentation?.toFixed(2)],
    ["AOF", aof(persistence)],
    ["last snapshot", role === "queue" ? snapshot(persistence, at) : undefined],
    ["recoverable to", role === "queue" ? persistence.recoverableTo : undefined],
    ["up for", duration(server.uptimeSeconds)],
  ];
  return rows.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [element("div", {}, [element("dt", { textContent: name }), element("dd", { textContent: value })])],
  );
}

const QUEUE_HEADS = ["queue", "waiting", "active", "delayed", "failed", "workers"];

/** How each queue stands: a line each. */
export function queueTable(queues: readonly Queue[]): HTMLElement[] {
  if (queues.length === 0) return [];
  const lines = queues.map(({ prefix, name, waiting, active, delayed, failed, paused, workers }) =>
    element("tr", {}, [
      element("th", {
        textContent: `${prefix === "bull" ? "" : `${prefix}:`}${name}${paused ? " (paused)" : ""}`,
        scope: "row",
      }),
      ...[waiting, active, delayed, failed, workers].map((value) =>
        element("td", { textContent: count(value) ?? "?" }),
      ),
    ]),
  );
  const heads = QUEUE_HEADS.map((textContent) => element("th", { textContent, scope: "col" }));
  return [
    element("table", {}, [element("thead", {}, [element("tr", {}, heads)]), element("tbody", {}, lines)]),
  ];
}

/** What a role is set to, and what another value would cost (the docstrings of the component's arguments say more). */
export function settingTable({ role, address }: RoleState, server: Server): HTMLElement {
  const { memory, persistence, version } = server;
  const port = address.slice(address.lastIndexOf(":") + 1);
  const rows = [
    ["maxMemory", limit(memory), "in place where the engine allows"],
    role === "cache"
      ? ["evictionPolicy", memory.policy, "in place"]
      : ["eviction policy", memory.policy, "none: a queue never evicts"],
    [
      "persistence",
      role === "cache" ? "none" : `AOF ${aof(persistence)}`,
      role === "cache" ? "none: a cache persists nothing" : "none: a queue always persists",
    ],
    ["version", version, "a restart; a queue's data stays"],
    ["port", port, "a restart; a queue's data stays"],
    ["password", "***", "in place where the engine allows; clients need the new one"],
  ];
  return element("table", {}, [
    element("thead", {}, [
      element(
        "tr",
        {},
        ["setting", "now", "a change costs"].map((textContent) => element("th", { textContent })),
      ),
    ]),
    element(
      "tbody",
      {},
      rows.map(([name, now, cost]) =>
        element("tr", {}, [
          element("th", { textContent: name ?? "", scope: "row" }),
          element("td", { textContent: now ?? "not shown by the server" }),
          element("td", { textContent: cost ?? "" }),
        ]),
      ),
    ),
  ]);
}

/** What survives what: an event a line, a role a column. */
export function guaranteeTable({ roles, events }: Topology["guarantees"]): HTMLElement {
  const heads = ["event", ...roles].map((textContent) => element("th", { textContent }));
  const lines = events.map(({ title, cells }) =>
    element("tr", {}, [
      element("th", { textContent: title, scope: "row" }),
      ...cells.map(({ word, detail, kept }) =>
        element("td", {}, [
          element("strong", { textContent: word, className: kept ? "good" : "" }),
          element("p", { textContent: detail }),
        ]),
      ),
    ]),
  );
  return element("table", {}, [
    element("thead", {}, [element("tr", {}, heads)]),
    element("tbody", {}, lines),
  ]);
}

function aof({ aof }: Server["persistence"]): string {
  if (!aof) return "off";
  return `on, ${bytes(aof.bytes)}${aof.writes === "ok" ? "" : `, writes: ${aof.writes}`}`;
}

function snapshot({ rdb }: Server["persistence"], at: string): string | undefined {
  if (!rdb) return undefined;
  const age = duration(Math.max(0, Math.round(Date.parse(at) / 1000 - rdb.savedAt)));
  return `${age} ago${rdb.lastSave === "ok" ? "" : `, the last try: ${rdb.lastSave}`}`;
}

const limit = ({ limitBytes }: Server["memory"]) => (limitBytes === 0 ? "no limit" : bytes(limitBytes));

const count = (value: number | undefined) => value?.toLocaleString("en");

/** Binary units, as Redis has them. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  return `${scaled.toFixed(power === 0 || scaled >= 100 ? 0 : 1)} ${units[power]}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days ${Math.floor((seconds % 86_400) / 3600)} h`;
}
