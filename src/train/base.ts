/**
 * A frozen base in memory: every weight of a checkpoint, its linear maps held by one storage. Shared by all runs that use that
 * checkpoint and storage.
 */
import { float32 } from '../adapters/storage/float32.ts';
import type { Spec } from '../adapters/json.ts';
import type { Storage } from '../adapters/types.ts';
import { RequestError } from '../errors.ts';
import type { DecoderArchitecture } from '../families/architecture.ts';
import type { Weights } from '../families/decoder.ts';
import { architectureOf } from '../families/index.ts';
import { type SiteInfo, sitesOf } from '../families/sites.ts';
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

  const read = ({ tensor, shape, kind }: SiteInfo, stored: readonly number[]): Float32Array => {
    const found = source.read(tensor);
    if (found.shape.join() !== stored.join())
      throw new RequestError(
        `the tensor ${tensor} should have the shape [${stored.join(', ')}] by config.json, but has [${found.shape.join(', ')}] (${kind} ${shape.join(' -> ')})`,
      );
    parameters += found.data.length;
    return found.data;
  };
  for (const site of sites) {
    const [inputs, outputs] = site.shape;
    if (site.kind === 'vector') vectors.set(site.name, read(site, [outputs]));
    else if (site.kind === 'embedding') tables.set(site.name, float32Table(read(site, [inputs, outputs]), site.shape));
    else if (site.isHead) {
      const values = read(site, [outputs, inputs]);
      tables.set(site.name, float32Table(values, [outputs, inputs]));
      kernels.set(site.name, float32Kernel(transposed(values, outputs, inputs), site.shape));
    } else {
      const stored: [number, number] = order === 'outIn' ? [outputs, inputs] : [inputs, outputs];
      kernels.set(site.name, storage.pack(read(site, stored), stored, order));
    }
  }
  const { names, tied, vocabulary, width } = architecture;
  if (tied) {
    const values = source.read(`${names.embedding}.weight`).data;
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
