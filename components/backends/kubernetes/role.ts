import { StatefulSet } from "@pulumi/kubernetes/apps/v1";
import { ConfigMap, PersistentVolumeClaim, Service } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Server } from "../../outputs";
import { rolePassword, validPasswords } from "../passwords";
import { configFiles } from "./files";
import { serverArgs } from "./names";
import { networkPolicySpec } from "./networkPolicy";
import { DEPLOYMENT_LABEL } from "./owner";
import type { ServerPlan } from "./plan";
import { createRehearsal } from "./rehearsal";
import type { Manifest } from "./secrets";
import { createSecrets } from "./secrets";
import type { Site } from "./site";
import { childOptions, metadata } from "./site";
import { createMonitoring } from "./watch";
import { claim, clientServiceSpec, headlessServiceSpec, statefulSetSpec } from "./workload";

/** A role's server, and the Secrets that were left for the user to apply. */
export interface CreatedServer extends Server {
  readonly secretManifests: readonly pulumi.Output<Manifest>[];
}

/** Everything of one role. Rehearsal and claim come first: when they fail, nothing else has changed yet. */
export function createServer(before: Site, plan: ServerPlan): CreatedServer {
  const rehearsed = { ...before, first: [...before.first, ...createRehearsal(before, plan)] };
  const site = { ...rehearsed, first: [...rehearsed.first, ...createClaim(rehearsed, plan)] };
  const role = site.args[plan.role] ?? {};
  const password = rolePassword(site.parent, site.name, plan.role, role);
  const { revision, manifests, created } = createSecrets(
    site,
    plan,
    password,
    validPasswords(password, role),
  );
  const config = createConfig(site, plan);
  createServices(site, plan);
  // A pod that is rolled must find what it is rolled for.
  createStatefulSet({ ...site, first: [...site.first, config, ...created] }, plan, revision);
  createNetworkPolicy(site, plan);
  createMonitoring(site, plan);
  return { host: plan.host, port: plan.port, password, secretManifests: manifests };
}

function createClaim(site: Site, plan: ServerPlan): PersistentVolumeClaim[] {
  if (plan.volume === undefined) return [];
  const protect = site.args.protect ?? true;
  const size = site.volumeSize ?? plan.volume;
  return [
    new PersistentVolumeClaim(`${site.name}-${plan.role}-data`, claim(site, plan, size), {
      ...childOptions(site),
      protect,
      retainOnDelete: protect,
    }),
  ];
}

function createServices(site: Site, plan: ServerPlan): void {
  const { serviceAnnotations } = serverArgs(site.args, plan.role);
  new Service(
    `${site.name}-${plan.role}-service`,
    { metadata: metadata(site, plan, plan.names.server, serviceAnnotations), spec: clientServiceSpec(plan) },
    childOptions(site),
  );
  new Service(
    `${site.name}-${plan.role}-headless`,
    { metadata: metadata(site, plan, plan.names.headless), spec: headlessServiceSpec(site.args, plan) },
    childOptions(site),
  );
}

function createConfig(site: Site, plan: ServerPlan): ConfigMap {
  return new ConfigMap(
    `${site.name}-${plan.role}-config`,
    { metadata: metadata(site, plan, plan.names.config), data: configFiles(plan) },
    childOptions(site),
  );
}

function createStatefulSet(site: Site, plan: ServerPlan, revision: pulumi.Input<string>): void {
  new StatefulSet(
    `${site.name}-${plan.role}`,
    {
      metadata: running(site, metadata(site, plan, plan.names.server)),
      spec: statefulSetSpec(site.args, plan, revision),
    },
    { ...childOptions(site), ignoreChanges: ["spec.volumeClaimTemplates"] },
  );
}

/** Only the StatefulSet tells which state runs it: the rest is found again by its owner alone. */
function running(site: Site, { labels, ...rest }: ReturnType<typeof metadata>) {
  return { ...rest, labels: { ...labels, [DEPLOYMENT_LABEL]: site.deployment } };
}

function createNetworkPolicy(site: Site, plan: ServerPlan): void {
  if (site.args.network?.policies === false) return;
  new NetworkPolicy(
    `${site.name}-${plan.role}-policy`,
    { metadata: metadata(site, plan, plan.names.server), spec: networkPolicySpec(site.args, plan) },
    childOptions(site),
  );
}
