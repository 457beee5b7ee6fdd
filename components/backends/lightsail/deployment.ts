import { ContainerServiceDeploymentVersion } from "@pulumi/aws/lightsail/containerServiceDeploymentVersion";
import * as pulumi from "@pulumi/pulumi";
import type { AppContainer, LightsailTopologyArgs } from "./args";
import type { Container } from "./container";

/** What a deployment is made of. */
export interface DeploymentParts {
  readonly serviceName: pulumi.Output<string>;
  readonly redis: pulumi.Output<Container[]>;
  /** The environment of the app's containers. */
  readonly env: pulumi.Output<Record<string, string>>;
}

/** A new version of the deployment; Lightsail keeps the one before running until this one is healthy. */
export function deploy(
  parent: pulumi.Resource,
  name: string,
  args: LightsailTopologyArgs,
  { serviceName, redis, env }: DeploymentParts,
): void {
  const app = args.app ?? [];
  if (pulumi.runtime.isDryRun()) warn(parent, args);
  const own = pulumi.secret(
    pulumi.all([app, env]).apply(([app, env]) => app.map((one) => appContainer(one, env))),
  );
  const { container, port, healthPath } = args.publicEndpoint ?? {};
  new ContainerServiceDeploymentVersion(
    `${name}-deployment`,
    {
      serviceName,
      containers: pulumi.all([redis, own]).apply(([redis, own]) => [...redis, ...own]),
      ...(container !== undefined &&
        port !== undefined && {
          publicEndpoint: {
            containerName: container,
            containerPort: port,
            healthCheck: { path: healthPath ?? "/" },
          },
        }),
    },
    { parent },
  );
}

function warn(parent: pulumi.Resource, { app = [], existingService }: LightsailTopologyArgs): void {
  if (app.length > 0) {
    const text =
      "The app's environment holds the Redis passwords: whoever may call lightsail:GetContainerServices or";
    pulumi.log.warn(`${text} lightsail:GetContainerServiceDeployments in this account reads them.`, parent);
  }
  if (existingService !== undefined) {
    const names = app.map(({ name }) => name).join(", ");
    const text = `A deployment replaces all that the service ${existingService} runs: besides Redis, ${names} will run there, and no`;
    pulumi.log.warn(
      `${text} other container, with the public endpoint that this stack names, or none.`,
      parent,
    );
  }
}

function appContainer(given: pulumi.Unwrap<AppContainer>, env: Record<string, string>) {
  const { name, image, command, environment, ports } = given;
  return {
    containerName: name,
    image,
    ...(command && { commands: command }),
    environment: { ...env, ...environment },
    ...(ports && { ports }),
  };
}

/** The entries as `aws lightsail create-container-service-deployment --containers` takes them. */
export function deploymentJson(containers: readonly Container[]): string {
  const entries = containers.map(({ containerName, commands: command, ...entry }) => [
    containerName,
    { ...entry, command },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}
