import type { SourceOptions } from "../source";
import { sourceFlags } from "../source";

/** These commands take their role first, and what follows is another program's. */
const ROLE_FIRST = /^(?:shell|logs|tunnel) \S+/;

/** What to type to have another command about the same topology. */
export function commandLine(text: string, source: SourceOptions): string {
  const flags = sourceFlags(source);
  const [head = text] = ROLE_FIRST.exec(text) ?? [];
  return ["npx redis-topology", head, ...flags, text.slice(head.length).trim()].filter(Boolean).join(" ");
}
