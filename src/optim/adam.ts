/** Adam, arXiv:1412.6980, as torch has it: AdamW but for the decay, which joins the gradient and so its moments:   g ← g + λ w. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { checkNames } from '../optionNames.ts';
import { scoped } from '../tensor/engine.ts';
import { adamw, type AdamwOptions, adamwOptions } from './adamw.ts';
import type { OptimizerFactory } from './optimizer.ts';

export function adam(options: AdamwOptions = {}): OptimizerFactory {
  checkNames('adam()', options, adamwOptions);
  const undecayed = adamw(options);
  return () => {
    const optimizer = undecayed();
    return {
      ...optimizer,
      spec: { ...optimizer.spec, type: 'adam' },
      step: scoped((step, values, gradient, { rate, decay }) => {
        const whole = decay ? tf.add<Tensor2D>(gradient, tf.mul(values, decay)) : gradient;
        return optimizer.step(step, values, whole, { rate, decay: null, keep: null });
      }),
    };
  };
}
