import * as pulumi from "@pulumi/pulumi";
import type { FixedVolume } from "./volume";

type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

/**
 * Remembers what the queue's claim has, and refuses, in the preview already, what a claim cannot become. The API
 * server would refuse too, but after other objects have changed. A dynamic resource; creates nothing.
 */
export class VolumeGuard extends pulumi.CustomResource {
  constructor(name: string, inputs: Inputs<FixedVolume>, opts: pulumi.CustomResourceOptions) {
    const __provider = "exports.handler = () => require('redis-topology/kubernetes-provider').provider;";
    super("pulumi-nodejs:dynamic/redis-topology:VolumeGuard", name, { ...inputs, __provider }, opts);
  }
}
