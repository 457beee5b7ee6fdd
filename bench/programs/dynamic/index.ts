import * as pulumi from "@pulumi/pulumi";

/** The least a program with a dynamic provider can be: Pulumi starts a second Node process for it. */
class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super({ create: async () => ({ id: name, outs: {} }) }, name, {}, opts);
  }
}

const parent = new pulumi.ComponentResource("bench:index:Empty", "empty");
new Nothing("nothing", { parent });
