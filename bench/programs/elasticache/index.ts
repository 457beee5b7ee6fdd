import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { Nothing } from "../nothing";

/** One resource of each provider that the elasticache stack uses: Pulumi starts a process for each of them. */
const parent = new pulumi.ComponentResource("bench:index:Empty", "empty");
const id = new RandomId("id", { byteLength: 4 }, { parent });
new SecurityGroup("group", { name: id.hex }, { parent });
new Nothing("nothing", { parent });
