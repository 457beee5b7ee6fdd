import { isIP } from "node:net";
import { type Problem, shown } from "../../redis/problems";
import type { ElasticacheTopologyArgs } from "./args";

/** Everything wrong with where the groups are and who reaches them. */
export function networkProblems(args: ElasticacheTopologyArgs, multiAz: boolean): Problem[] {
  const { vpcId, subnetIds = [], allowedSecurityGroups = [], allowedCidrs = [] } = args;
  const problems: Problem[] = [];
  if (vpcId === undefined || vpcId === "") {
    const fix = "Give the id of the VPC in which the applications run.";
    problems.push({ key: "vpcId", was: "missing", allowed: "a VPC, such as vpc-0a1b2c3d", fix });
  }
  const least = multiAz ? 2 : 1;
  if (subnetIds.length < least) {
    problems.push({
      key: "subnetIds",
      was: `${subnetIds.length} of them`,
      allowed: `at least ${least}${multiAz ? ", in different zones, since a group is Multi-AZ" : ""}`,
      fix: "Give private subnets of the VPC.",
    });
  }
  if (allowedSecurityGroups.length + allowedCidrs.length === 0) {
    problems.push({
      key: "allowedSecurityGroups, allowedCidrs",
      was: "both missing",
      allowed: "at least one client",
      fix: "Give the applications' security groups; without one nobody reaches Redis.",
    });
  }
  return [...problems, ...allowedCidrs.flatMap((cidr) => cidrProblems(cidr, args.allowAnyAddress ?? false))];
}

/** Whether a CIDR is of IPv6. */
export function isIpv6(cidr: string): boolean {
  return isIP(cidr.split("/")[0] ?? "") === 6;
}

function cidrProblems(cidr: string, anyAddress: boolean): Problem[] {
  const [address = "", length = ""] = cidr.split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || !/^\d+$/.test(length) || Number(length) > most) {
    const allowed = "a network such as 10.0.0.0/16 or 2001:db8::/32";
    return [{ key: "allowedCidrs", was: shown(cidr), allowed, fix: "Correct the network." }];
  }
  if (Number(length) > 0 || anyAddress) return [];
  const allowed = "the applications' own networks";
  const fix = "Narrow it; if every address is meant, say so again with `allowAnyAddress: true`.";
  return [{ key: "allowedCidrs", was: shown(cidr), allowed, fix }];
}
