/** SGD with momentum, as torch has it (no dampening, no Nesterov):   g ← g + λ w;   v ← μ v + g (v = g at first);   w ← w − η v. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { keep, release, scalar, scoped } from '../tensor/engine.ts';
import type { Optimizer, OptimizerFactory } from './optimizer.ts';

type Memory = { readonly [name: string]: Tensor2D };

export function sgd({ momentum = 0 }: { readonly momentum?: number } = {}): OptimizerFactory {
  return (): Optimizer => {
    let velocity: Tensor2D | null = null;
    return {
      spec: { type: 'sgd', momentum },
      step(_step, values, gradient, { rate, decay }) {
        const { next, v } = scoped(() => {
          const g = decay ? tf.add(gradient, tf.mul(values, decay)) : gradient;
          const v = (velocity && momentum ? tf.add(tf.mul(velocity, scalar(momentum)), g) : tf.clone(g)) as Tensor2D;
          return { next: tf.sub(values, tf.mul(v, rate)) as Tensor2D, v };
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
