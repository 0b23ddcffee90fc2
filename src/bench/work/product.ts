/** The engine's product of two matrices. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { stream } from '../../tensor/random.ts';
import { release } from '../../tensor/engine.ts';
import type { ProductJob } from '../job.ts';
import { timed, type Work } from './work.ts';

export function productWork({ size }: ProductJob): Work {
  const random = stream(0, 'product');
  const drawn = (): Tensor2D => tf.tensor2d(random.fillNormal(new Float32Array(size * size), 1), [size, size]);
  const [a, b] = [drawn(), drawn()];
  return {
    counts: {},
    repeat() {
      const made: Tensor2D[] = [];
      const milliseconds = timed(() => {
        const whole: Tensor2D = tf.matMul(a, b);
        const corner: Tensor2D = tf.slice(whole, [0, 0], [1, 1]);
        made.push(whole, corner);
        corner.dataSync(); // waits for the engine, and copies next to nothing
      });
      release(made);
      return milliseconds;
    },
    end: () => release([a, b]),
  };
}
