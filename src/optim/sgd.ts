/**
 * SGD as torch has it: decay joins the gradient; the first gradient is the momentum, undampened; Nesterov looks one step ahead.
 *
 *   g ← g + λ w;   v ← μ v + (1 − τ) g (v = g at first);   w ← w − η v, or with Nesterov   w ← w − η (g + μ v).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { checkNames } from '../optionNames.ts';
import { keep, release, scalar, scoped } from '../tensor/engine.ts';
import type { Optimizer, OptimizerFactory } from './optimizer.ts';

type Memory = { readonly [name: string]: Tensor2D };

export interface SgdOptions {
  /** μ */
  readonly momentum?: number;
  /** τ, the share of a gradient that does not reach the momentum. */
  readonly dampening?: number;
  /** Needs momentum, and no dampening. */
  readonly nesterov?: boolean;
}

export function sgd(options: SgdOptions = {}): OptimizerFactory {
  checkNames('sgd()', options, ['momentum', 'dampening', 'nesterov']);
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum <= 0 || dampening !== 0))
    throw new RequestError(
      `sgd(): nesterov needs a momentum above 0 and no dampening, not ${momentum} and ${dampening}`,
    );
  return (): Optimizer => {
    let velocity: Tensor2D | null = null;
    return {
      spec: { type: 'sgd', momentum, ...(dampening !== 0 && { dampening }), ...(nesterov && { nesterov }) },
      step(_step, values, gradient, { rate, decay }) {
        const { next, v } = scoped(() => {
          const g: Tensor2D = decay ? tf.add(gradient, tf.mul(values, decay)) : gradient;
          const share = dampening === 0 ? g : tf.mul<Tensor2D>(g, scalar(1 - dampening));
          const v: Tensor2D = velocity && momentum ? tf.add(tf.mul(velocity, scalar(momentum)), share) : tf.clone(g);
          const direction = nesterov ? tf.add(g, tf.mul(v, scalar(momentum))) : v;
          return { next: tf.sub(values, tf.mul(direction, rate)) as Tensor2D, v };
        })();
        release(velocity);
        velocity = keep(v);
        return next;
      },
      state: (): Memory => (velocity ? { velocity } : {}),
      restore({ velocity: saved }) {
        release(velocity);
        velocity = saved ? keep(saved) : null;
      },
      dispose() {
        release(velocity);
        velocity = null;
      },
    };
  };
}
