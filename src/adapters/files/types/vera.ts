/** peft_type VERA. The projections that all sites share stand once, under the name of the whole model. */
import { z } from 'zod';
import { Unsupported } from '../../../errors.ts';
import { givenProjections } from '../../update/projections.ts';
import { vera } from '../../update/vera.ts';
import { asIs } from '../storedTensor.ts';
import { parsed, type PeftType } from './peftType.ts';

const schema = z.looseObject({
  r: z.number().default(256),
  d_initial: z.number().default(0.1),
  vera_dropout: z.number().default(0),
  save_projection: z.boolean().default(true),
});

export const veraType: PeftType = {
  defaults: 'lora',
  read(json, { file, read }) {
    const { r: rank, d_initial: start, vera_dropout: dropout, save_projection: isSaved } = parsed(schema, json, file);
    if (!isSaved)
      throw new Unsupported(
        'VeRA without its projections (save_projection false) is not there: only torch can draw them again',
      );
    const projections = givenProjections(read('base_model.vera_A'), read('base_model.vera_B'));
    return { steps: null, recipe: { update: vera({ rank, start, projections }), dropout } };
  },
  tensors: {
    downScale: (prefix, shape) => asIs(`${prefix}.vera_lambda_d`, shape),
    upScale: (prefix, shape) => asIs(`${prefix}.vera_lambda_b`, shape),
  },
};
