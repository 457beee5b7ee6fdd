import * as pulumi from "@pulumi/pulumi";

/** The AWS CLI for the stack's region and profile; what the stack does not say, it takes from the environment. */
export function awsCommand(): string[] {
  const config = new pulumi.Config("aws");
  const options = ["region", "profile"].flatMap((name) => {
    const value = config.get(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  return ["aws", ...options];
}
