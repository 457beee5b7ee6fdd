import * as pulumi from "@pulumi/pulumi";
import { Nothing } from "../nothing";

/** The least a program with a dynamic provider can be. */
const parent = new pulumi.ComponentResource("bench:index:Empty", "empty");
new Nothing("nothing", { parent });
