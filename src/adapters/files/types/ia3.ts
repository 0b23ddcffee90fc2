/** peft_type IA3. A factor of the input is [1, in], one of the output [out, 1]. */
import { z } from 'zod';
import { inputOutputScale } from '../../rescale/inputOutputScale.ts';
import { none } from '../../update/none.ts';
import { asIs } from '../storedTensor.ts';
import { parsed, type PeftType } from './peftType.ts';

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
};
