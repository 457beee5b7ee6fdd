import type { RedisServerInputs, RedisServerState } from "../redisServer";
import { findBinary } from "./binary";
import { judgeData, refuseEmpty } from "./data";
import { entries, serverPaths } from "./files";
import { start } from "./lifecycle";
import type { Move } from "./move";
import { judgeMove, moveData, NO_MOVE } from "./move";
import { removeFiles } from "./remove";
import { stop } from "./stop";
import { removeUnits } from "./supervise";

/** Throws, before anything is stopped, when the data could not be moved or would not be found again. */
export async function judgeRestart(
  olds: RedisServerState,
  news: RedisServerInputs,
  runs: boolean,
): Promise<void> {
  await judgeMove(olds.directory, news);
  const binary = await findBinary(news.engine, news.version);
  const moves = (await entries(serverPaths(olds.directory).data)).length > 0;
  const place = { ...news, directory: moves ? olds.directory : news.directory };
  const source = await judgeData(place, binary);
  // A server that runs in a folder writes its data there when it stops.
  if (source === "nothing" && !(runs && moves)) await refuseEmpty(news, true);
}

/**
 * Starts a stopped server as `news` says, in its new folder. One transaction: when it does not start, the data is
 * in the old folder, nothing of it in the new one, and a server that ran runs again.
 */
export async function restart(
  olds: RedisServerState,
  news: RedisServerInputs,
  passwords: readonly string[],
  ran: boolean,
): Promise<string> {
  let move: Move | undefined;
  let server: string;
  try {
    move = news.persists ? await moveData(olds.directory, news) : NO_MOVE;
    server = await start(news, passwords, news.persists);
  } catch (error) {
    await takeBack(olds, news, passwords, ran, move).catch((again: Error) => {
      throw new Error(`${(error as Error).message}\nIt could not be put back as it was: ${again.message}`);
    });
    throw error;
  }
  await leave(olds, news, move);
  return server;
}

/** Removes what is left in the old folder. The new server runs: what cannot be removed is told, and no failure. */
async function leave(olds: RedisServerState, news: RedisServerInputs, move: Move): Promise<void> {
  if (olds.directory === news.directory) return;
  try {
    await removeUnits(olds);
    await move.end();
    await removeFiles(olds, !news.persists);
  } catch (error) {
    const { message } = error as Error;
    console.error(
      `${news.role}: moved to ${news.directory}; ${olds.directory} cannot be removed: ${message}`,
    );
  }
}

async function takeBack(
  olds: RedisServerState,
  news: RedisServerInputs,
  passwords: readonly string[],
  ran: boolean,
  move: Move | undefined,
): Promise<void> {
  // One that only did not answer in time would hold the files.
  await stop(news, passwords);
  if (move && olds.directory !== news.directory) {
    await removeUnits(news);
    await move.undo();
    await removeFiles(news, false);
    await move.forget();
  }
  if (!ran) return;
  const previous = olds.previousPassword === undefined ? [] : [olds.previousPassword];
  await start(olds, [olds.password, ...previous], olds.persists);
  console.error(`${olds.role}: runs again as before`);
}
