import * as pulumi from "@pulumi/pulumi";
import { TeamRedis } from "./teamRedis";

const config = new pulumi.Config();

/** Two teams, each with a pair of its own; in development, so nothing is protected. */
const orders = new TeamRedis("orders", {
  cachePort: config.getNumber("ordersCachePort") ?? 6391,
  queuePort: config.getNumber("ordersQueuePort") ?? 6392,
});
const mail = new TeamRedis("mail", {
  cachePort: config.getNumber("mailCachePort") ?? 6393,
  queuePort: config.getNumber("mailQueuePort") ?? 6394,
});

export const ordersEnv = orders.env;
export const mailEnv = mail.env;
