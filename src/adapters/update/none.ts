/** No change:   Δ(x) = 0. For methods that only rescale. Costs no product, and holds nothing. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../../tensor/cached.ts';
import { outlineOf } from '../outline.ts';
import type { UpdateRule } from '../types.ts';
import { columnNorms } from './columnNorms.ts';

export function none(): UpdateRule {
  return {
    spec: { type: 'none' },
    sites: ['linear', 'embedding'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline: () => outlineOf({}),
    create(site, { arena }) {
      let norms: Tensor | null = null; // of the frozen kernel, which stay as they are
      return {
        replaces: false,
        parameters: [],
        derived: {},
        residual: null,
        forward: () => ({ y: tf.clone(nothing()), saved: null }),
        backward: (_dy, _x, _saved, wantsInput) => (wantsInput ? tf.clone(nothing()) : null),
        delta: () => tf.zeros([...site.shape]),
        shift: null,
        columnNorms: () => tf.clone((norms ??= arena.own(site.use(columnNorms)))),
        columnNormsBack: () => {},
      };
    },
  };
}

/** Broadcasts to any rows. */
const nothing = (): Tensor2D => cached('nothing', () => tf.zeros([1, 1])) as Tensor2D;
