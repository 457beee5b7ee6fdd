import type { Figures, Outcome, RoleState, Topology } from "./types.js";

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

/** A role's figures as pairs of `dt` and `dd`. What the server does not show is left out. */
export function figureList(role: string, figures: Figures): HTMLElement[] {
  const { usedMemory, maxMemory, clients, maxClients } = figures;
  const rows: [string, string | undefined, bad?: boolean][] = [
    [
      "memory",
      usedMemory === undefined
        ? undefined
        : `${bytes(usedMemory)} of ${maxMemory ? bytes(maxMemory) : "no limit"}`,
    ],
    ["eviction policy", figures.policy, role === "queue" && figures.policy !== "noeviction"],
    ["operations a second", count(figures.opsPerSecond)],
    [
      "clients",
      clients === undefined ? undefined : `${count(clients)}${maxClients ? ` of ${count(maxClients)}` : ""}`,
    ],
    [
      "hit rate",
      role === "cache" && figures.hitRate !== undefined
        ? `${(figures.hitRate * 100).toFixed(1)} %`
        : undefined,
    ],
    ["evicted keys", count(figures.evicted), role === "queue" && (figures.evicted ?? 0) > 0],
    ["rejected connections", count(figures.rejected), (figures.rejected ?? 0) > 0],
    ["fragmentation", figures.fragmentation?.toFixed(2)],
    ["AOF", aof(figures), role === "queue" && figures.aof !== "on"],
    ["last snapshot", role === "queue" ? snapshot(figures) : undefined, figures.snapshotOk === false],
    ["up for", figures.uptime === undefined ? undefined : duration(figures.uptime)],
  ];
  return rows.flatMap(([name, value, bad]) =>
    value === undefined
      ? []
      : [
          element("div", {}, [
            element("dt", { textContent: name }),
            element("dd", { textContent: value, className: bad ? "bad" : "" }),
          ]),
        ],
  );
}

/** What a role is set to, and what another value would cost (the docstrings of the component's arguments say more). */
export function settingTable({ role, address, figures }: RoleState): HTMLElement {
  const { maxMemory, policy, aof, software } = figures ?? { aof: "", software: "" };
  const port = address.slice(address.lastIndexOf(":") + 1);
  const rows = [
    [
      "maxMemory",
      maxMemory === undefined ? "no limit" : bytes(maxMemory),
      "in place where the engine allows",
    ],
    role === "cache"
      ? ["evictionPolicy", policy, "in place"]
      : ["eviction policy", policy, "none: a queue never evicts"],
    [
      "persistence",
      role === "cache" ? "none" : `AOF ${aof}`,
      role === "cache" ? "none: a cache persists nothing" : "none: a queue always persists",
    ],
    ["version", software, "a restart; a queue's data stays"],
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

const EVENTS: Readonly<Record<string, string>> = {
  processCrash: "Redis crashes",
  redeploy: "redeploy",
  hostCrash: "host reboots",
  hostLoss: "host is lost",
  zoneLoss: "zone is lost",
  destroy: "destroy",
};

/** The guarantees: an event a line, a role a column. */
export function guaranteeTable(guarantees: Topology["guarantees"]): HTMLElement {
  const roles = Object.entries(guarantees).flatMap(([role, outcomes]) =>
    outcomes ? [{ role, outcomes }] : [],
  );
  const head = element("tr", {}, [
    element("th", { textContent: "event" }),
    ...roles.map(({ role }) => element("th", { textContent: role })),
  ]);
  const lines = Object.entries(EVENTS).map(([event, title]) =>
    element("tr", {}, [
      element("th", { textContent: title, scope: "row" }),
      ...roles.map(({ outcomes }) => cell(outcomes[event])),
    ]),
  );
  return element("table", {}, [element("thead", {}, [head]), element("tbody", {}, lines)]);
}

function cell(outcome: Outcome | undefined): HTMLElement {
  if (!outcome) return element("td");
  const word = outcome.elsewhere
    ? "up to its provider"
    : !outcome.kept
      ? "lost"
      : outcome.lossSeconds === 0
        ? "kept"
        : `kept, last ${outcome.lossSeconds} s at stake`;
  return element("td", {}, [
    element("strong", { textContent: word, className: outcome.kept && !outcome.elsewhere ? "good" : "" }),
    element("p", { textContent: outcome.detail }),
  ]);
}

function aof({ aof, aofSize }: Figures): string {
  return aof === "on" && aofSize !== undefined ? `on, ${bytes(aofSize)}` : aof;
}

function snapshot({ snapshotAge, snapshotOk }: Figures): string | undefined {
  if (snapshotOk === false) return "failed";
  return snapshotAge === undefined ? undefined : `${duration(snapshotAge)} ago`;
}

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
