import type { Alert } from "./alerts.js";
import { alertOf, showAlerts } from "./alerts.js";
import { drawCharts } from "./charts.js";
import { element, figureList, guaranteeTable, queueTable, settingTable } from "./parts.js";
import type { RoleState, State, Topology } from "./types.js";

const POLL_MS = 2000;

const byId = (id: string) => document.getElementById(id) as HTMLElement;

async function start(): Promise<void> {
  const topology = await get<Topology>("api/topology");
  document.title = `${topology.title} · redis-topology`;
  byId("title").textContent = topology.title;
  byId("backend").textContent = `${topology.backend}${topology.readOnly ? " · read-only" : ""}`;
  byId("queues").hidden = !topology.hasQueues;
  byId("guarantees").append(guaranteeTable(topology.guarantees));
  for (;;) {
    await refresh(topology);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const UNSERVED: Alert = {
  key: "unserved",
  severity: "critical",
  text: "The page's own server does not answer. Was `redis-topology ui` ended?",
};

async function refresh({ readOnly }: Topology): Promise<void> {
  const alerts = byId("alerts");
  try {
    const state = await get<State>("api/state");
    byId("queue-count").textContent = `(${state.roles.flatMap(({ queues }) => queues).length})`;
    for (const role of state.roles) showRole(role, state.at, readOnly);
    showAlerts(alerts, state.problems.map(alertOf));
  } catch {
    showAlerts(alerts, [UNSERVED]);
  }
}

function showRole(state: RoleState, at: string, readOnly: boolean): void {
  const { role, server, queues } = state;
  const section = document.getElementById(`role-${role}`) ?? addRole(state, readOnly);
  const part = (name: string) => section.querySelector(`.${name}`) as HTMLElement;
  part("software").textContent = server?.version.replace(/^./, (letter) => letter.toUpperCase()) ?? "away";
  part("software").classList.toggle("bad", server === undefined);
  if (!server) return;
  part("figures").replaceChildren(...figureList(role, server, at));
  part("lines").replaceChildren(...queueTable(queues));
  part("settings").replaceChildren(settingTable(state, server));
  drawCharts(part("charts"), role, server);
}

function addRole({ role, address }: RoleState, readOnly: boolean): HTMLElement {
  const heading = element("h2", { id: `heading-${role}`, textContent: role });
  const head = element("div", { className: "head" }, [
    heading,
    element("span", { className: "software" }),
    element("code", { textContent: address }),
  ]);
  if (!readOnly) head.append(copyButton(role));
  const section = element("section", { id: `role-${role}` }, [
    head,
    element("dl", { className: "figures" }),
    element("div", { className: "lines scroll" }),
    element("div", { className: "charts" }),
    element("details", {}, [
      element("summary", { textContent: `Settings of the ${role}` }),
      element("div", { className: "settings scroll" }),
    ]),
    logOf(role),
  ]);
  section.setAttribute("aria-labelledby", heading.id);
  byId("roles").append(section);
  return section;
}

/** The end of the server's log, read anew each time it is opened. */
function logOf(role: string): HTMLElement {
  const text = element("pre", { tabIndex: 0 });
  const details = element("details", {}, [element("summary", { textContent: `Log of the ${role}` }), text]);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    text.textContent = "…";
    try {
      text.textContent = await (await fetch(`api/log/${role}`)).text();
      text.scrollTop = text.scrollHeight;
    } catch {
      text.textContent = "The page's own server does not answer.";
    }
  });
  return details;
}

/** The address with its password comes only when it is asked for, and is never shown. */
function copyButton(role: string): HTMLElement {
  const label = `Copy the ${role}'s URL`;
  const button = element("button", { type: "button", textContent: label });
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(`api/url/${role}`, { method: "POST" });
      if (!answer.ok) throw new Error(await answer.text());
      await navigator.clipboard.writeText(await answer.text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser refused";
    }
    setTimeout(() => {
      button.textContent = label;
    }, POLL_MS);
  });
  return button;
}

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

await start();
