/** Thresholds a stack may change; the defaults are those of system E and system D. */
export interface AlertThresholds {
  /** Percent of maxmemory. Default 80. */
  memoryPercent?: number;
  /** Clients. Default 100. */
  connections?: number;
  /** Percent of the volume. Default 80. */
  volumePercent?: number;
  /** Seconds without a successful RDB save of a queue. Default 7200. */
  secondsSinceSave?: number;
}

/** What `status` measures by, beside alerts. */
export interface Thresholds extends AlertThresholds {
  /** Keys that a queue may have evicted since its start. Default 0. */
  evictions?: number;
}
