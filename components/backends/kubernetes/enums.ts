/** When the kubelet pulls an image. */
export const PullPolicy = { Always: "Always", IfNotPresent: "IfNotPresent", Never: "Never" } as const;
export type PullPolicy = (typeof PullPolicy)[keyof typeof PullPolicy];

/** Whether Longhorn keeps a copy of the volume on the pod's node. */
export const DataLocality = {
  Disabled: "disabled",
  BestEffort: "best-effort",
  StrictLocal: "strict-local",
} as const;
export type DataLocality = (typeof DataLocality)[keyof typeof DataLocality];

/** File system of a volume. */
export const FileSystem = { Ext4: "ext4", Xfs: "xfs" } as const;
export type FileSystem = (typeof FileSystem)[keyof typeof FileSystem];

/** What a recurring job does. */
export const RecurringTask = {
  Snapshot: "snapshot",
  Backup: "backup",
  FilesystemTrim: "filesystem-trim",
} as const;
export type RecurringTask = (typeof RecurringTask)[keyof typeof RecurringTask];
