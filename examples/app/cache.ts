import { Redis } from "ioredis";
import type { CacheOptions } from "redis-topology/client";

/** A cache that an application can live without: when Redis is away, or there is none, everything is loaded anew. */
export class Cache {
  private readonly redis?: Redis;

  constructor(options: CacheOptions | undefined) {
    if (options === undefined) return;
    this.redis = new Redis(options);
    this.redis.on("error", () => {}); // ioredis connects again by itself; callers do without meanwhile
  }

  /** The value under `key`, else what `load` gives, which is then kept for `ttlSeconds`. */
  async getOrLoad<T>(key: string, ttlSeconds: number, load: () => Promise<T>): Promise<T> {
    const cached = await this.redis?.get(key).catch(() => null);
    if (typeof cached === "string") return JSON.parse(cached);
    const value = await load();
    await this.redis?.set(key, JSON.stringify(value), "EX", ttlSeconds).catch(() => null);
    return value;
  }

  close(): void {
    this.redis?.disconnect();
  }
}
