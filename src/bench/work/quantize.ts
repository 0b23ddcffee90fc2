/** Rounding the linear maps of a network to NF4 with double quantization. */
import { architectureOf } from '../../families/index.ts';
import { sitesOf } from '../../families/sites.ts';
import { randomWeights } from '../../train/randomWeights.ts';
import type { QuantizeJob } from '../job.ts';
import { configOf } from '../shape.ts';
import { methodNamed } from './randomModel.ts';
import { timed, type Work } from './work.ts';

export function quantizeWork({ shape }: QuantizeJob): Work {
  const config = configOf(shape);
  const weights = randomWeights(config, 0);
  const { storage } = methodNamed('qlora');
  const kernels = sitesOf(architectureOf(config))
    .filter(({ held }) => held === 'packed')
    .map(({ tensor, stored, order }) => ({ values: weights.read(tensor).data, stored, order }));
  return {
    counts: { numbers: kernels.reduce((sum, { values }) => sum + values.length, 0) },
    repeat() {
      let milliseconds = 0;
      for (const { values, stored, order } of kernels) {
        let drop = (): void => {};
        milliseconds += timed(() => {
          const held = storage.pack(values, stored as [number, number], order);
          drop = () => held.dispose();
        });
        drop();
      }
      return milliseconds;
    },
    end() {},
  };
}
