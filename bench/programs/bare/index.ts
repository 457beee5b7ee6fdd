import * as pulumi from "@pulumi/pulumi";

/** The least a Pulumi program can be: what everything else is measured against. */
new pulumi.ComponentResource("bench:index:Empty", "empty");
