import { readFileSync } from "node:fs";

/** A command of a document, and what it shows below it. */
export interface Example {
  readonly args: readonly string[];
  readonly shown: readonly string[];
}

/** The examples in the ```console blocks of a document, in order: a line `$ redis-topology …` and its output. */
export function examplesOf(file: string): Example[] {
  const blocks = readFileSync(file, "utf8").matchAll(/^```console\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [line = "", ...shown] = text.trimEnd().split("\n");
        return { args: line.split(" ").slice(1), shown };
      }),
  );
}

/** An output as a document shows it: runs of spaces and of lines are one, and `…` stands for anything. */
export function asShown(shown: readonly string[]): RegExp {
  const parts = shown.map((line) => squeeze(line).split("…").map(escaped).join(".*?"));
  return new RegExp(`^${parts.join("\\n")}${shown.at(-1) === "…" ? "[^]*" : "\\s*"}$`);
}

export function squeeze(text: string): string {
  return text
    .replace(/[ ]{2,}/g, " ")
    .replace(/─+/g, "─")
    .replace(/[ ]+$/gm, "");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
