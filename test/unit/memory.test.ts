import fc from "fast-check";
import { expect, test } from "vitest";
import { floorArithmetic, maxMemoryWithin, memoryFloor } from "../../components/redis/memory";
import type { Role } from "../../components/redis/roles";
import { ROLES } from "../../components/redis/roles";
import { MIN_SIZE } from "../../components/redis/size";

const MI = 1024 ** 2;
const GI = 1024 ** 3;

test.each<[Role, number, number]>([
  ["cache", 4 * GI, 4_758_018_458],
  ["cache", 256 * MI, 328_833_434],
  ["cache", MIN_SIZE, 52_009_370],
  ["queue", 256 * MI, 640 * MI],
  ["queue", 512 * MI, 1152 * MI],
  ["queue", 448 * MI, 1024 * MI],
  ["queue", MIN_SIZE, 160 * MI],
])("a %s of %d bytes runs under no less than %d", (role, maxMemory, floor) => {
  expect(memoryFloor(role, maxMemory)).toBe(floor);
});

test.each<[Role, number, number]>([
  ["cache", 4.5 * GI, 4_362_076_160],
  ["queue", GI, 448 * MI],
  ["queue", 128 * MI, 0],
])("a %s under %d bytes holds %d", (role, limit, maxMemory) => {
  expect(maxMemoryWithin(role, limit)).toBe(maxMemory);
});

test("the arithmetic in the messages", () => {
  expect(floorArithmetic("queue", 512 * MI)).toBe("2 × 512Mi + 128Mi = 1152Mi");
  expect(floorArithmetic("cache", 256 * MI)).toBe("1.1 × 256Mi + 32Mi = 328833434 bytes");
});

const role = fc.constantFrom(...ROLES);
/** More than any machine has, and still exact: 32Ti × 200 is below 2^53. */
const size = fc.integer({ min: MIN_SIZE, max: 32 * 1024 * GI });

test("each is the other's inverse: nothing is lost, nothing is given away", () => {
  fc.assert(
    fc.property(role, size, (role, maxMemory) => {
      const floor = memoryFloor(role, maxMemory);
      const within = maxMemoryWithin(role, floor);
      expect(within).toBeGreaterThanOrEqual(maxMemory);
      expect(memoryFloor(role, within)).toBe(floor);
      expect(memoryFloor(role, maxMemoryWithin(role, maxMemory + 64 * MI))).toBeLessThanOrEqual(
        maxMemory + 64 * MI,
      );
    }),
    { numRuns: 2000 },
  );
});

test("the floor leaves the headroom of the design, in whole bytes", () => {
  const headroom = { cache: [0.1, 32 * MI], queue: [1, 128 * MI] } as const;
  fc.assert(
    fc.property(role, size, (role, maxMemory) => {
      const [share, fixed] = headroom[role];
      const floor = memoryFloor(role, maxMemory);
      expect(Number.isInteger(floor)).toBe(true);
      expect(floor - maxMemory - fixed).toBeGreaterThanOrEqual(Math.floor(maxMemory * share));
      expect(floor - maxMemory - fixed).toBeLessThanOrEqual(Math.ceil(maxMemory * share) + 1);
    }),
  );
});
