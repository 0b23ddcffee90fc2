/**
 * A whole kernel V in the place of the frozen one:   y = x V,   dV = xᵀ dy,   dx = dy Vᵀ. What V is made of is the update's own affair.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scoped } from '../../tensor/engine.ts';
import { laneFactor } from '../../tensor/laneMatMul.ts';
import type { Site, Update, Whole } from '../types.ts';
import { columnNorms, columnNormsBack } from './columnNorms.ts';

export function wholeKernel(
  site: Site,
  whole: Whole,
  { parameters, derived }: Pick<Update, 'parameters' | 'derived'>,
): Update {
  const [inputs, outputs] = site.shape;
  return {
    replaces: whole,
    parameters,
    derived,
    residual: null,
    forward: (x) => ({ y: x.times(whole.value), saved: null }),
    backward(dy, x, _saved, wantsInput) {
      whole.accumulate(x.outer(dy, whole.lanes));
      return wantsInput ? x.back(dy, whole.value) : null;
    },
    delta: scoped((lane: number) => {
      const value = tf.reshape(laneFactor(whole.value, lane), [inputs, outputs]);
      return site.use((kernel) => tf.sub(value, tf.reshape(kernel, [inputs, outputs]))) as Tensor2D;
    }),
    shift: null,
    columnNorms: scoped(() => columnNorms(whole.value)),
    columnNormsBack: (dNorms, norms) => whole.accumulate(columnNormsBack(whole.value, dNorms, norms)),
  };
}
