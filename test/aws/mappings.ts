import type { Mapping, Member } from "./requests";

const to = (target: string, as?: Member["as"], rule?: RegExp): Member => ({
  to: target,
  ...(as && { as }),
  ...(rule && { rule }),
});

/** An object whose keys are all mapped; a key that is not throws. */
const renamed = (names: Readonly<Record<string, string>>) => (value: unknown) =>
  Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => {
      const name = names[key];
      if (name === undefined) throw new Error(`${key} is not mapped to the API`);
      return [name, inner];
    }),
  );

const each = (as: (value: unknown) => unknown) => (value: unknown) => (value as unknown[]).map(as);
const pairs = (key: string, value: string) => (map: unknown) =>
  Object.entries(map as object).map(([name, text]) => ({ [key]: name, [value]: text }));
const tagList = pairs("Key", "Value");

/** terraform-provider-aws, replication_group.go `validateReplicationGroupID`; the model has no rule for it. */
const GROUP_ID = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** ElastiCache User Guide, "Authenticating with AUTH". */
const AUTH_TOKEN = /^[A-Za-z0-9!&#$^<>-]{16,128}$/;
/** ElastiCache API, CreateCacheParameterGroup: letters, digits, hyphens; first a letter, at most 255. */
const NAME_255 = /^(?=.{1,255}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** EC2 API, CreateSecurityGroup: at most 255 of these, not beginning with `sg-`. */
const SECURITY_GROUP_NAME = /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
/** Secrets Manager API, CreateSecret: letters, digits and these. */
const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]+$/;
/** CloudWatch Logs API, PutRetentionPolicy: the values that are taken. */
const RETENTION = /^(1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653)$/;

const rg = (member: string, as?: Member["as"], rule?: RegExp) =>
  to(`elasticache:CreateReplicationGroup.${member}`, as, rule);

const logDelivery = each((value) => {
  const { destination, ...rest } = value as Record<string, unknown>;
  const names = { destinationType: "DestinationType", logFormat: "LogFormat", logType: "LogType" };
  return {
    ...renamed(names)(rest),
    DestinationDetails: { CloudWatchLogsDetails: { LogGroup: destination } },
  };
});

const ingress = each((value) => {
  const { description, securityGroups, cidrBlocks, ipv6CidrBlocks, ...rest } = value as Record<
    string,
    string[] | undefined
  >;
  const from = (key: string, values: readonly string[] | undefined) =>
    values?.map((one) => ({ [key]: one, Description: description }));
  const sources = {
    UserIdGroupPairs: from("GroupId", securityGroups),
    IpRanges: from("CidrIp", cidrBlocks),
    Ipv6Ranges: from("CidrIpv6", ipv6CidrBlocks),
  };
  return {
    ...renamed({ protocol: "IpProtocol", fromPort: "FromPort", toPort: "ToPort" })(rest),
    ...Object.fromEntries(Object.entries(sources).filter(([, source]) => source !== undefined)),
  };
});

const containers = (value: unknown) =>
  Object.fromEntries(
    (value as Record<string, unknown>[]).map(({ containerName, ...rest }) => [
      containerName,
      renamed({ image: "image", commands: "command", environment: "environment", ports: "ports" })(rest),
    ]),
  );

/** Where each input of each AWS resource goes; a resource or input that is missing here fails the test. */
export const mappings: Readonly<Record<string, Mapping>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    given: {
      "elasticache:ModifyReplicationGroup.ReplicationGroupId": "group",
      "elasticache:DeleteReplicationGroup.ReplicationGroupId": "group",
    },
    inputs: {
      replicationGroupId: rg("ReplicationGroupId", undefined, GROUP_ID),
      description: rg("ReplicationGroupDescription"),
      engine: [rg("Engine"), to("elasticache:ModifyReplicationGroup.Engine")],
      engineVersion: rg("EngineVersion"),
      nodeType: rg("CacheNodeType"),
      port: rg("Port"),
      parameterGroupName: rg("CacheParameterGroupName"),
      numCacheClusters: rg("NumCacheClusters"),
      numNodeGroups: rg("NumNodeGroups"),
      replicasPerNodeGroup: rg("ReplicasPerNodeGroup"),
      clusterMode: rg("ClusterMode"),
      durability: [rg("Durability"), to("elasticache:ModifyReplicationGroup.Durability")],
      automaticFailoverEnabled: rg("AutomaticFailoverEnabled"),
      multiAzEnabled: rg("MultiAZEnabled"),
      subnetGroupName: rg("CacheSubnetGroupName"),
      securityGroupIds: rg("SecurityGroupIds"),
      transitEncryptionEnabled: rg("TransitEncryptionEnabled"),
      transitEncryptionMode: rg("TransitEncryptionMode"),
      atRestEncryptionEnabled: rg("AtRestEncryptionEnabled"),
      kmsKeyId: rg("KmsKeyId"),
      authToken: [rg("AuthToken", undefined, AUTH_TOKEN), to("elasticache:ModifyReplicationGroup.AuthToken")],
      authTokenUpdateStrategy: to("elasticache:ModifyReplicationGroup.AuthTokenUpdateStrategy"),
      snapshotRetentionLimit: rg("SnapshotRetentionLimit", undefined, /^([0-9]|[12][0-9]|3[0-5])$/),
      snapshotWindow: rg("SnapshotWindow"),
      snapshotName: rg("SnapshotName"),
      finalSnapshotIdentifier: to(
        "elasticache:DeleteReplicationGroup.FinalSnapshotIdentifier",
        undefined,
        GROUP_ID,
      ),
      maintenanceWindow: rg("PreferredMaintenanceWindow"),
      applyImmediately: to("elasticache:ModifyReplicationGroup.ApplyImmediately"),
      autoMinorVersionUpgrade: rg("AutoMinorVersionUpgrade"),
      notificationTopicArn: rg("NotificationTopicArn"),
      logDeliveryConfigurations: rg("LogDeliveryConfigurations", logDelivery),
      tags: rg("Tags", tagList),
    },
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    inputs: {
      name: [
        to("elasticache:CreateCacheParameterGroup.CacheParameterGroupName", undefined, NAME_255),
        to("elasticache:ModifyCacheParameterGroup.CacheParameterGroupName"),
      ],
      family: to("elasticache:CreateCacheParameterGroup.CacheParameterGroupFamily"),
      description: to("elasticache:CreateCacheParameterGroup.Description"),
      parameters: to(
        "elasticache:ModifyCacheParameterGroup.ParameterNameValues",
        each(renamed({ name: "ParameterName", value: "ParameterValue" })),
      ),
      tags: to("elasticache:CreateCacheParameterGroup.Tags", tagList),
    },
  },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    inputs: {
      name: to("elasticache:CreateCacheSubnetGroup.CacheSubnetGroupName", undefined, NAME_255),
      description: to("elasticache:CreateCacheSubnetGroup.CacheSubnetGroupDescription"),
      subnetIds: to("elasticache:CreateCacheSubnetGroup.SubnetIds"),
      tags: to("elasticache:CreateCacheSubnetGroup.Tags", tagList),
    },
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    given: { "ec2:AuthorizeSecurityGroupIngress.GroupId": "sg-0123" },
    inputs: {
      name: to("ec2:CreateSecurityGroup.GroupName", undefined, SECURITY_GROUP_NAME),
      description: to("ec2:CreateSecurityGroup.Description", undefined, SECURITY_GROUP_NAME),
      vpcId: to("ec2:CreateSecurityGroup.VpcId"),
      ingress: to("ec2:AuthorizeSecurityGroupIngress.IpPermissions", ingress),
      tags: to("ec2:CreateSecurityGroup.TagSpecifications", (tags) => [
        { ResourceType: "security-group", Tags: tagList(tags) },
      ]),
    },
  },
  "aws:secretsmanager/secret:Secret": {
    given: { "secretsmanager:DeleteSecret.SecretId": "secret" },
    inputs: {
      name: to("secretsmanager:CreateSecret.Name", undefined, SECRET_NAME),
      description: to("secretsmanager:CreateSecret.Description"),
      kmsKeyId: to("secretsmanager:CreateSecret.KmsKeyId"),
      // Secrets Manager API, DeleteSecret: 7 to 30 days.
      recoveryWindowInDays: to(
        "secretsmanager:DeleteSecret.RecoveryWindowInDays",
        undefined,
        /^([7-9]|[12][0-9]|30)$/,
      ),
      tags: to("secretsmanager:CreateSecret.Tags", tagList),
    },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    inputs: {
      secretId: to("secretsmanager:PutSecretValue.SecretId"),
      secretString: to("secretsmanager:PutSecretValue.SecretString"),
    },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    inputs: {
      name: [to("logs:CreateLogGroup.logGroupName"), to("logs:PutRetentionPolicy.logGroupName")],
      retentionInDays: to("logs:PutRetentionPolicy.retentionInDays", undefined, RETENTION),
      tags: to("logs:CreateLogGroup.tags"),
    },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    inputs: {
      name: to("cloudwatch:PutMetricAlarm.AlarmName"),
      alarmDescription: to("cloudwatch:PutMetricAlarm.AlarmDescription"),
      namespace: to("cloudwatch:PutMetricAlarm.Namespace"),
      metricName: to("cloudwatch:PutMetricAlarm.MetricName"),
      statistic: to("cloudwatch:PutMetricAlarm.Statistic"),
      period: to("cloudwatch:PutMetricAlarm.Period"),
      evaluationPeriods: to("cloudwatch:PutMetricAlarm.EvaluationPeriods"),
      dimensions: to("cloudwatch:PutMetricAlarm.Dimensions", pairs("Name", "Value")),
      comparisonOperator: to("cloudwatch:PutMetricAlarm.ComparisonOperator"),
      threshold: to("cloudwatch:PutMetricAlarm.Threshold"),
      // CloudWatch API, PutMetricAlarm: the values that are taken.
      treatMissingData: to(
        "cloudwatch:PutMetricAlarm.TreatMissingData",
        undefined,
        /^(breaching|notBreaching|ignore|missing)$/,
      ),
      alarmActions: to("cloudwatch:PutMetricAlarm.AlarmActions"),
      okActions: to("cloudwatch:PutMetricAlarm.OKActions"),
      tags: to("cloudwatch:PutMetricAlarm.Tags", tagList),
    },
  },
  "aws:lightsail/containerService:ContainerService": {
    inputs: {
      name: to("lightsail:CreateContainerService.serviceName"),
      power: to("lightsail:CreateContainerService.power"),
      scale: to("lightsail:CreateContainerService.scale"),
      privateRegistryAccess: to("lightsail:CreateContainerService.privateRegistryAccess"),
      tags: to("lightsail:CreateContainerService.tags", pairs("key", "value")),
    },
  },
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": {
    inputs: {
      serviceName: to("lightsail:CreateContainerServiceDeployment.serviceName"),
      containers: to("lightsail:CreateContainerServiceDeployment.containers", containers),
      publicEndpoint: to("lightsail:CreateContainerServiceDeployment.publicEndpoint"),
    },
  },
};
