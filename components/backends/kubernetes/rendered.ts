import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { DeclaredObject } from "./objects";

/** On every rendered object once a folder had to be written again: what makes Pulumi write it. */
export const RENDERED_ANNOTATION = "redis-topology/rendered";

/** The provider's inputs as the program gives them. */
export interface RenderedInputs {
  /** Absolute. */
  readonly folder: string;
  /** `Kind namespace/name` of everything that is rendered. */
  readonly objects: readonly string[];
}

/** What stays in the state. */
export interface RenderedState {
  readonly objects: readonly string[];
  /** How often the folder was written from nothing. */
  readonly generation: number;
}

/**
 * Pulumi writes a manifest when it changes, and never again. This looks whether the manifests of the last run are still
 * in their folder, and has all of them written anew when one is not. A dynamic resource; creates nothing.
 */
export class Rendered extends DynamicResource<RenderedInputs> {
  declare readonly generation: pulumi.Output<number>;

  constructor(name: string, inputs: Inputs<RenderedInputs>, opts: pulumi.CustomResourceOptions) {
    const handled = { type: "Rendered", room: "kubernetes", handler: "rendered", computed: ["generation"] };
    super(handled, name, inputs, opts);
  }

  /** The annotation of every object; none as long as nothing got lost. */
  get annotations(): pulumi.Output<Record<string, string>> {
    return this.generation.apply(
      (generation): Record<string, string> =>
        generation > 1 ? { [RENDERED_ANNOTATION]: String(generation) } : {},
    );
  }
}

/** Names what is rendered; Secrets are not. */
export function renderedObjects(objects: readonly DeclaredObject[]): string[] {
  return objects.filter(({ kind }) => kind !== "Secret").map(identityOf);
}

/** What to keep, given what the last run left in the state and what is in the folder. */
export function renderedState(
  before: Partial<RenderedState> | undefined,
  now: RenderedInputs,
): RenderedState {
  const { objects } = now;
  if (before?.generation === undefined) return { objects, generation: 1 };
  const there = new Set(manifestsIn(now.folder));
  const lost = before.objects?.some((object) => !there.has(object)) ?? false;
  return { objects, generation: before.generation + (lost ? 1 : 0) };
}

/** Every object in the YAML files of a folder and of those below it; none when there is no folder. */
function manifestsIn(folder: string): string[] {
  return yamlFiles(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).flatMap((document) => {
      const object = document.toJS() as {
        kind?: string;
        metadata?: { name?: string; namespace?: string };
      } | null;
      const { kind, metadata } = object ?? {};
      return kind && metadata?.name
        ? [identityOf({ kind, name: metadata.name, namespace: metadata.namespace })]
        : [];
    }),
  );
}

function yamlFiles(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => /\.ya?ml$/.test(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** `Kind namespace/name`. */
export function identityOf({
  kind,
  name,
  namespace,
}: {
  kind: string;
  name: string;
  namespace?: string;
}): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
