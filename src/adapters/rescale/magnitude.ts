/**
 * DoRA, arXiv:2402.09353:   y = (xW + Δ(x)) ∘ g,   g = m / n,   n = ‖W + ΔW‖ per output.   m starts as that norm.
 *
 * The norm is a constant in the gradient (section 4.3):   dm = Σ dy ∘ (xW + Δ(x)) / n,   d(xW + Δ) = dy ∘ g.
 * Where it is not, the update gets beside that what comes through its norms (columnNorms.ts):   dn = −dm ∘ g.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames, shown } from '../../optionNames.ts';
import { scoped } from '../../tensor/engine.ts';
import { laneFactor, laneScale, laneScaleBack } from '../../tensor/laneMatMul.ts';
import { readOnce } from '../../tensor/readOnce.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, RescaleRule } from '../types.ts';

export interface MagnitudeOptions {
  /**
   * Whether the norm counts as a constant in the gradient: true unless given, as the paper (section 4.3) and PEFT have it. With false
   * the gradient is that of the loss itself. Forward pass, tensors and files are the same.
   */
  readonly detachNorm?: boolean;
}

const shapes = ({ shape: [, outputs] }: Place): { magnitude: number[] } => ({ magnitude: [outputs] });

export function magnitude(options: MagnitudeOptions = {}): RescaleRule {
  checkNames('a magnitude', options, ['detachNorm']);
  const { detachNorm = true } = options;
  if (typeof detachNorm !== 'boolean')
    throw new RequestError(
      `detachNorm is true (the norm is a constant in the gradient) or false, not ${shown(detachNorm)}`,
    );
  return {
    spec: { type: 'magnitude', detachNorm },
    sites: ['linear', 'conv2d', 'embedding'],
    outline: (place) => outlineOf({ trained: shapes(place), savedPerRow: place.shape[1] }),
    create(site, update, context) {
      const outputs = site.shape[1];
      const { magnitude: m } = createParameters(site, context, shapes(site), {
        magnitude: (lane) =>
          readOnce(() =>
            site.use((kernel) => {
              const changed = tf.add(kernel, update.delta(lane));
              return tf.sqrt(tf.sum(tf.square(changed), 0));
            }),
          ),
      });
      return {
        side: 'output',
        withBias: false,
        parameters: [m],
        forward(pre) {
          const norms = update.columnNorms();
          const g = tf.div(m.value, norms);
          return { y: laneScale(pre, g), saved: { pre: tf.clone(pre), norms, g } };
        },
        backward(dy, saved) {
          const { pre, norms, g } = saved as { pre: Tensor2D; norms: Tensor; g: Tensor };
          const { dx, dv } = laneScaleBack(dy, pre, g);
          const dm = tf.div(dv, norms);
          m.accumulate(dm);
          if (!detachNorm) update.columnNormsBack(tf.neg(tf.mul(dm, g)), norms);
          return dx;
        },
        factors: scoped((lane: number) => {
          const g = tf.div(m.value, update.columnNorms());
          return tf.reshape(laneFactor(g, lane), [outputs]);
        }),
      };
    },
  };
}
