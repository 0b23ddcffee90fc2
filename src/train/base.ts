/**
 * A frozen base in memory: every weight of a checkpoint, its linear maps held by one storage. Shared by all runs that use that
 * checkpoint and storage.
 */
import { fromBitsandbytes, type SavedCodes } from '../adapters/storage/bitsandbytes.ts';
import { float32 } from '../adapters/storage/float32.ts';
import type { Spec } from '../adapters/json.ts';
import type { Storage } from '../adapters/types.ts';
import { inContext } from '../errors.ts';
import type { Memory } from '../checkpoint/safetensors.ts';
import type { Architecture } from '../families/architecture.ts';
import { architectureOf } from '../families/index.ts';
import { checkStored, type SiteInfo, sitesOf } from '../families/sites.ts';
import { storedName } from '../families/storedName.ts';
import { checkUnread } from '../families/unread.ts';
import type { Weights } from '../families/weights.ts';
import { type Frozen, float32Kernel, float32Table, type FrozenTable, turnedTable } from '../tensor/frozen.ts';
import { reusedMemory } from '../tensor/upload.ts';
import { checkHeld, checkQuantization, withoutQuantization } from './quantizedBase.ts';

/** Where the numbers come from: an open checkpoint, or a generator of random ones. */
export interface WeightSource {
  readonly config: object;
  /** Where config.json and the weights lie, for what is said of them; absent where they are made up. */
  readonly folder?: string;
  /** All tensors that there are. */
  names(): readonly string[];
  has(tensor: string): boolean;
  /** Row-major. The source may put the numbers into `memory`, which then holds them until the next call. */
  read(tensor: string, memory?: Memory): { readonly shape: readonly number[]; readonly data: Float32Array };
  /** A weight that is there in codes; null, or no such function, where all are numbers. */
  quantized?(tensor: string): SavedCodes | null;
  hash(): string;
}

export interface Base {
  readonly architecture: Architecture;
  readonly config: object;
  readonly storage: Spec;
  readonly sites: readonly SiteInfo[];
  readonly weights: Weights;
  /** Numbers in the checkpoint. */
  readonly parameters: number;
  /** Bytes that hold them here. */
  readonly bytes: number;
  /** Of the checkpoint, whatever the storage. The first time that it is asked for, the weights are read once more. */
  hash(): string;
  dispose(): void;
}

/**
 * Reads all weights, one tensor at a time, each packed as it is read. A tensor that is missing or misshapen, or that config.json does
 * not account for, is a RequestError.
 */
export function loadBase(source: WeightSource, storage: Storage = float32()): Base {
  const inFolder = <T>(f: () => T): T => inContext(source.folder === undefined ? '' : `${source.folder}: `, f);
  inFolder(() => checkQuantization(source.config));
  const architecture = inFolder(() => architectureOf(source.config));
  const sites = sitesOf(architecture);
  const kernels = new Map<string, Frozen>();
  const tables = new Map<string, FrozenTable>();
  const vectors = new Map<string, Float32Array>();
  let parameters = 0;
  let savedIn: Spec | null = null;

  const memory = reusedMemory();
  const nameOf = (tensor: string): string => storedName(tensor, architecture.names.stored, source);
  const dispose = (): void => {
    for (const held of [...kernels.values(), ...tables.values()]) held.dispose();
  };
  /** The kernel of a head is a table, turned: its own rows, or the embedding's. The numbers are there once. */
  const turned = new Set<string>();
  const turn = (head: string, table: string): void => {
    kernels.set(head, turnedTable(of(tables, table)));
    turned.add(head);
  };
  const load = (site: SiteInfo): void => {
    const { name, kind, shape, order, held } = site;
    const [inputs, outputs] = shape;
    const codes = held === 'packed' ? (source.quantized?.(nameOf(site.tensor)) ?? null) : null;
    if (codes) {
      inFolder(() => checkStored({ ...site, stored: [outputs, inputs] }, codes.shape));
      const { kernel, spec } = inContext(`${site.tensor}: `, () => fromBitsandbytes(codes));
      kernels.set(name, kernel);
      savedIn ??= spec;
      parameters += inputs * outputs;
      return;
    }
    const { shape: found, data: values } = source.read(nameOf(site.tensor), memory);
    inFolder(() => checkStored(site, found));
    parameters += values.length;
    if (kind === 'vector') vectors.set(name, values.slice());
    else if (kind === 'embedding') tables.set(name, float32Table(values, shape));
    else if (held === 'rows') {
      tables.set(name, float32Table(values, [outputs, inputs]));
      turn(name, name);
    } else {
      const stored = order === 'outIn' ? ([outputs, inputs] as const) : shape;
      const kernel = held === 'packed' ? storage.pack(values, stored, order) : float32Kernel(values, stored, order);
      kernels.set(name, kernel);
    }
  };
  try {
    for (const site of sites) load(site);
    if (savedIn) checkHeld(savedIn, storage.spec);
    inFolder(() => checkUnread(architecture, source));
    if (architecture.tied) turn(architecture.names.head, architecture.names.embedding);
  } catch (error) {
    dispose();
    throw error;
  }
  const held = [...kernels].filter(([name]) => !turned.has(name)).map(([, kernel]) => kernel.bytes);
  const tableBytes = [...tables.values()].map((table) => table.bytes);
  const vectorBytes = [...vectors.values()].map((vector) => 4 * vector.length);
  return {
    architecture,
    config: savedIn ? withoutQuantization(source.config) : source.config,
    storage: savedIn ?? storage.spec,
    sites,
    parameters,
    weights: {
      kernel: (name) => of(kernels, name),
      table: (name) => of(tables, name),
      vector: (name) => of(vectors, name),
      has: (name) => vectors.has(name),
    },
    bytes: [...held, ...tableBytes, ...vectorBytes].reduce((a, b) => a + b, 0),
    hash: () => source.hash(),
    dispose,
  };
}

function of<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (!found) throw new Error(`the base has no ${name}`);
  return found;
}
