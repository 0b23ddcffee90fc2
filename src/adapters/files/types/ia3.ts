/**
 * peft_type IA3. A factor of the input is [1, in], one of the output [out, 1]. Factors on parts of a fused projection are written as
 * factors of the whole, 1 elsewhere.
 */
import { z } from 'zod';
import { inputOutputScale } from '../../rescale/inputOutputScale.ts';
import { none } from '../../update/none.ts';
import type { TrainedSite } from '../../trainedSite.ts';
import { asIs } from '../storedTensor.ts';
import { commonConfiguration } from './configuration.ts';
import { parsed, type PeftType } from './peftType.ts';
import { areOf, written } from './writing.ts';

const schema = z.looseObject({ feedforward_modules: z.union([z.string(), z.array(z.string())]).nullish() });

export const ia3Type: PeftType = {
  defaults: 'ia3',
  read(json, { file }) {
    const { feedforward_modules: feedForward } = parsed(schema, json, file);
    const rescale = inputOutputScale(feedForward == null ? {} : { feedForward });
    return { steps: null, recipe: { update: none(), rescale } };
  },
  tensors: {
    inputScale: (prefix, shape) => asIs(`${prefix}.ia3_l`, [1, ...shape]),
    outputScale: (prefix, shape) => asIs(`${prefix}.ia3_l`, [...shape, 1]),
  },
  adaptedBiases: null,
  holds: (sites) => sites.every(({ kind }) => kind === 'linear') && areOf(sites, ['none'], ['inputOutputScale']),
  write(sites, context) {
    const factors = sites.map(factorsOf);
    const feedForward = sites.filter((_, i) => factors[i]!.role === 'inputScale').map(({ name }) => name);
    return {
      configuration: {
        ...commonConfiguration,
        exclude_modules: null,
        fan_in_fan_out: false,
        feedforward_modules: context.endings(feedForward),
        init_ia3_weights: true,
        peft_type: 'IA3',
      },
      tensors: sites.map(({ name }, i) => {
        const { role, data } = factors[i]!;
        return written(context, name, role, [data.length], data);
      }),
    };
  },
};

function factorsOf({ parts, shape: [, outputs] }: TrainedSite): { role: string; data: Float32Array } {
  const [first] = parts;
  if (first!.roles.includes('inputScale')) return { role: 'inputScale', data: first!.numbers('inputScale') };
  const data = new Float32Array(outputs).fill(1);
  for (const { places, numbers } of parts) {
    const own = numbers('outputScale');
    places.forEach((to, j) => (data[to] = own[j]!));
  }
  return { role: 'outputScale', data };
}
