/** The parts of package.json that differ between the sources and the published package. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

/** A program may hold only one Pulumi, and brings the SDK of the provider it uses; the SDKs of the others are large. */
const isPulumi = (name: string) => name.startsWith("@pulumi/");
const isProvider = (name: string) => isPulumi(name) && name !== "@pulumi/pulumi";

/** The manifest of the compiled package, from that of the sources. */
export function published({ dependencies, exports, ...rest }: Manifest) {
  const names = Object.keys(dependencies);
  return {
    ...rest,
    type: "commonjs",
    dependencies: pick(dependencies, (name) => !isPulumi(name)),
    // The sources pin Pulumi for the sake of their own tests.
    peerDependencies: mapValues(pick(dependencies, isPulumi), (range) => range.replace("~", "^")),
    peerDependenciesMeta: Object.fromEntries(
      names.filter(isProvider).map((name) => [name, { optional: true }]),
    ),
    exports: mapValues(exports, compiled),
  };
}

function pick(
  dependencies: Manifest["dependencies"],
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => wanted(name)));
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Where `./x.ts`, or the `.cjs` beside it that only registers a compiler, lies after compilation. */
function compiled(source: string): { types: string; default: string } {
  const file = source.replace(/\.(?:ts|cjs)$/, "");
  return { types: `${file}.d.ts`, default: `${file}.js` };
}
