/** A whole trained kernel in place of the frozen one (full fine-tuning, modules_to_save; whole.ts):   y = x V,   V = W at the start. */
import tf from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import type { Role } from '../../tensor/arena.ts';
import { readOnce } from '../../tensor/readOnce.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, Shapes, UpdateRule } from '../types.ts';
import { wholeKernel } from './whole.ts';

/** A bias has a role of its own, so that groups can tell it from a gain. */
const roleOf = ({ name, kind }: Place): Role => (kind === 'vector' && name.endsWith('.bias') ? 'bias' : 'dense');

const shapes = (place: Place): Shapes => {
  const [inputs, outputs] = place.shape;
  return { [roleOf(place)]: place.kind === 'vector' ? [outputs] : [inputs, outputs] };
};

const derived = ({ shape: [inputs, outputs] }: Place): { rank: number } => ({ rank: Math.min(inputs, outputs) });

export interface DenseOptions {
  /** Biases alone (BitFit, arXiv:2106.10199). */
  readonly only?: 'biases';
}

export function dense(options: DenseOptions = {}): UpdateRule {
  checkNames('a dense update', options, ['only']);
  const { only } = options;
  if (only !== undefined && only !== 'biases')
    throw new RequestError(`a dense update is of everything, or only of 'biases', not ${JSON.stringify(only)}`);
  return {
    spec: { type: 'dense', ...(only && { only }) },
    sites: only ? ['vector'] : ['linear', 'conv2d', 'embedding', 'vector'],
    targets: only ? String.raw`.*\.bias` : 'all',
    starts: { equalToBase: true, mayStayStill: [] },
    outline: (place) => outlineOf({ trained: shapes(place), replaces: true, derived: derived(place) }),
    create(site, context) {
      let start: Float32Array | null = null; // the same for every lane, read once
      const read = (): Float32Array => (start ??= readOnce(() => site.use((kernel) => tf.clone(kernel))));
      const role = roleOf(site);
      const { [role]: whole } = createParameters(site, context, shapes(site), { [role]: read });
      return wholeKernel(site, whole, { parameters: [whole], derived: derived(site) });
    },
  };
}
