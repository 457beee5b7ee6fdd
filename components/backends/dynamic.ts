import * as pulumi from "@pulumi/pulumi";

/** Values that may still be to come. */
export type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/** What a resource is, and which provider it has. */
export interface Handled {
  /** What Pulumi's state calls it; of every stack there is, so never to be changed. */
  readonly type: string;
  /** The room whose `provider.ts` has its provider. */
  readonly room: string;
  /** The provider's name there. Default `provider`. */
  readonly handler?: string;
  /** What the provider adds to the inputs. */
  readonly computed?: readonly string[];
  readonly secrets?: readonly string[];
}

/**
 * A resource that this package itself makes, in the process of Pulumi's dynamic provider (docs/adr/0003-process-provider.md
 * says why it is declared by hand and not through pulumi.dynamic.Resource).
 */
export abstract class DynamicResource<T extends object> extends pulumi.CustomResource {
  constructor(
    { type, room, handler = "provider", computed = [], secrets = [] }: Handled,
    name: string,
    inputs: Inputs<T>,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(
      `pulumi-nodejs:dynamic/redis-topology:${type}`,
      name,
      {
        ...Object.fromEntries(computed.map((key) => [key, undefined])),
        ...inputs,
        __provider: `exports.handler = () => require('redis-topology/${room}-provider').${handler};`,
      },
      secrets.length === 0 ? opts : pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] }),
    );
  }
}
