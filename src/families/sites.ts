/** The places of a network, by the names of its checkpoint, in the order in which they are used. No weights are needed. */
import type { Block } from '../blocks/block.ts';
import type { FusedParts } from '../blocks/fit.ts';
import { frozenHead } from '../blocks/head.ts';
import type { Vector } from '../blocks/vector.ts';
import { RequestError } from '../errors.ts';
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import type { Architecture, KernelOrder } from './architecture.ts';
import { network } from './network.ts';
import type { Places, Shape } from './places.ts';

export interface SiteInfo {
  readonly name: string;
  readonly kind: 'linear' | 'conv2d' | 'embedding' | 'vector';
  /** [in, out]; an embedding is [vocabulary, width], a vector [1, n]; a convolution's in are the numbers of a patch. */
  readonly shape: Shape;
  /** The tensor of the checkpoint that holds it. */
  readonly tensor: string;
  /** Its shape there. */
  readonly stored: readonly number[];
  /** How the checkpoint lays a kernel. */
  readonly order: KernelOrder;
  /** How a base holds it: as its storage packs it, in float32, or in float32 and as a table of rows too. */
  readonly held: 'packed' | 'float32' | 'rows';
  /** The last map of the network, which 'all-linear' leaves out. */
  readonly isHead: boolean;
  readonly hasBias: boolean;
  readonly parts?: FusedParts;
  /** Heads, where the parts of each lie together, (heads, parts, width). */
  readonly byHead?: number;
}

export function sitesOf(architecture: Architecture): SiteInfo[] {
  const sites: SiteInfo[] = [];
  network(architecture, listing(sites));
  return sites;
}

/** Modules that stay in float32 where the rest is packed, by the first part of their names: a network's last ones. */
const unpacked = ['lm_head', 'score', 'classifier'];

/** Lists every place that is asked for, and answers with a block that only knows its shape. */
function listing(sites: SiteInfo[]): Places {
  const plain = { order: 'outIn', held: 'float32', isHead: false, hasBias: false } as const;
  const vector: Places['vector'] = (tensor, size) => {
    sites.push({ ...plain, name: tensor, tensor, kind: 'vector', shape: [1, size], stored: [size] });
    return vectorWithoutNumbers(size);
  };
  return {
    vector,
    table(name, shape) {
      sites.push({ ...plain, name, tensor: `${name}.weight`, kind: 'embedding', shape, stored: shape });
      return withoutNumbers();
    },
    linear(name, shape, { bias, order = 'outIn', parts, byHead, isHead = false }) {
      sites.push({
        name,
        tensor: `${name}.weight`,
        kind: 'linear',
        shape,
        stored: order === 'outIn' ? [shape[1], shape[0]] : shape,
        order,
        held: unpacked.includes(name.split('.')[0]!) ? 'float32' : 'packed',
        isHead,
        hasBias: bias,
        ...(parts && { parts }),
        ...(byHead && { byHead }),
      });
      if (bias) vector(`${name}.bias`, shape[1]);
      return withoutNumbers();
    },
    conv2d(name, [channels, outputs], kernel) {
      sites.push({
        ...plain,
        name,
        tensor: `${name}.weight`,
        kind: 'conv2d',
        shape: [channels * kernel[0] * kernel[1], outputs],
        stored: [outputs, channels, ...kernel],
        hasBias: true,
      });
      vector(`${name}.bias`, outputs);
      return withoutNumbers();
    },
    head(name, shape, { tiedTo, bias, tensor = `${name}.weight` }) {
      if (bias) vector(bias, shape[1]);
      const stored = [shape[1], shape[0]];
      const site = { ...plain, name, tensor, kind: 'linear', shape, stored, held: 'rows' } as const;
      if (!tiedTo) sites.push({ ...site, isHead: true, hasBias: bias !== null });
      return frozenHead(withoutWeights as Frozen, withoutWeights as FrozenTable);
    },
  };
}

const missing = (): never => {
  throw new Error('these are the places of a network without its weights');
};
const withoutWeights: unknown = {};
const withoutNumbers = <X, Y>(): Block<X, Y> => ({ trains: false, forward: missing, backward: missing });
const vectorWithoutNumbers = (size: number): Vector => ({
  size,
  trains: false,
  get value() {
    return missing();
  },
  accumulateRows: missing,
  dispose: () => {},
});

/** A RequestError where the checkpoint holds another shape than config.json says. */
export function checkStored({ tensor, stored }: SiteInfo, found: readonly number[]): void {
  if (found.join() !== stored.join())
    throw new RequestError(
      `the tensor ${tensor} should have the shape [${stored.join(', ')}] by config.json, but has [${found.join(', ')}]: config.json and weights are not of the same model`,
    );
}
