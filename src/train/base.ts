/**
 * A frozen base in memory: every weight of a checkpoint, its linear maps held by one storage. Shared by all runs that use that
 * checkpoint and storage.
 */
import { float32 } from '../adapters/storage/float32.ts';
import type { Spec } from '../adapters/json.ts';
import type { Storage } from '../adapters/types.ts';
import type { DecoderArchitecture } from '../families/architecture.ts';
import type { Weights } from '../families/decoder.ts';
import { architectureOf } from '../families/index.ts';
import { checkStored, type SiteInfo, sitesOf, storedShape } from '../families/sites.ts';
import { storedName } from '../families/storedName.ts';
import { type Frozen, float32Kernel, float32Table, type FrozenTable } from '../tensor/frozen.ts';
import { transposed } from '../tensor/transposed.ts';

/** Where the numbers come from: an open checkpoint, or a generator of random ones. */
export interface WeightSource {
  readonly config: object;
  has(tensor: string): boolean;
  read(tensor: string): { readonly shape: readonly number[]; readonly data: Float32Array };
  hash(): string;
}

export interface Base {
  readonly architecture: DecoderArchitecture;
  readonly config: object;
  readonly storage: Spec;
  readonly sites: readonly SiteInfo[];
  readonly weights: Weights;
  /** Numbers in the checkpoint. */
  readonly parameters: number;
  /** Bytes that hold them here. */
  readonly bytes: number;
  /** Of the checkpoint, whatever the storage. */
  readonly hash: string;
  dispose(): void;
}

/** Reads all weights, one tensor at a time, each packed as it is read. A tensor that is missing or misshapen is a RequestError. */
export function loadBase(source: WeightSource, storage: Storage = float32()): Base {
  const architecture = architectureOf(source.config);
  const sites = sitesOf(architecture);
  const order = architecture.kernelOrder;
  const kernels = new Map<string, Frozen>();
  const tables = new Map<string, FrozenTable>();
  const vectors = new Map<string, Float32Array>();
  let parameters = 0;

  const read = (site: SiteInfo): Float32Array => {
    const found = source.read(storedName(site.tensor, architecture, source));
    checkStored(site, order, found.shape);
    parameters += found.data.length;
    return found.data;
  };
  for (const site of sites) {
    const { name, kind, isHead, shape } = site;
    const [inputs, outputs] = shape;
    const values = read(site);
    if (kind === 'vector') vectors.set(name, values);
    else if (kind === 'embedding') tables.set(name, float32Table(values, shape));
    else if (isHead) {
      tables.set(name, float32Table(values, [outputs, inputs]));
      kernels.set(name, float32Kernel(transposed(values, outputs, inputs), shape));
    } else kernels.set(name, storage.pack(values, storedShape(site, order) as [number, number], order));
  }
  const { names, tied, vocabulary, width } = architecture;
  if (tied) {
    const values = source.read(storedName(`${names.embedding}.weight`, architecture, source)).data;
    kernels.set(names.head, float32Kernel(transposed(values, vocabulary, width), [width, vocabulary]));
  }
  const held = [...kernels].filter(([name]) => name !== names.head).map(([, kernel]) => kernel.bytes);
  const tableBytes = [...tables.values()].map((table) => table.bytes);
  const vectorBytes = [...vectors.values()].map((vector) => 4 * vector.length);
  return {
    architecture,
    config: source.config,
    storage: storage.spec,
    sites,
    parameters,
    weights: {
      kernel: (name) => of(kernels, name),
      table: (name) => of(tables, name),
      vector: (name) => of(vectors, name),
      has: (name) => vectors.has(name),
    },
    bytes: [...held, ...tableBytes, ...vectorBytes].reduce((a, b) => a + b, 0),
    hash: source.hash(),
    dispose() {
      for (const held of [...kernels.values(), ...tables.values()]) held.dispose();
    },
  };
}

function of<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (!found) throw new Error(`the base has no ${name}`);
  return found;
}
