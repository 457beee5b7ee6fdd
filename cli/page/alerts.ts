import { element } from "./parts.js";
import type { Problem } from "./types.js";

/** What stands above the roles. */
export interface Alert extends Pick<Problem, "severity" | "text"> {
  /** Two of one key are the same one at two moments. */
  readonly key: string;
  readonly help?: string;
}

/** A problem with the command that helps and where to read on. */
export function alertOf({ role, queue = "", kind, severity, text, command, runbook }: Problem): Alert {
  return {
    key: `${role} ${kind} ${queue}`,
    severity,
    text: `${role}: ${text}`,
    help: `${command}  (docs/operations.md#${runbook})`,
  };
}

/** Shows these and no others. What stays is kept, so that a screen reader is told only what is new. */
export function showAlerts(holder: HTMLElement, alerts: readonly Alert[]): void {
  const kept = new Map([...holder.children].map((child) => [(child as HTMLElement).dataset.key, child]));
  const wanted = alerts.map((alert) => {
    const child = kept.get(alert.key) ?? make(alert);
    const [text] = child.children;
    if (text && text.textContent !== alert.text) text.textContent = alert.text;
    return child;
  });
  for (const child of kept.values()) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, at) => {
    if (holder.children[at] !== child) holder.insertBefore(child, holder.children[at] ?? null);
  });
}

function make({ key, severity, text, help }: Alert): Element {
  const alert = element("div", { className: `alert ${severity}` }, [
    element("div", { textContent: text }),
    ...(help === undefined ? [] : [element("code", { textContent: help })]),
  ]);
  alert.dataset.key = key;
  return alert;
}
