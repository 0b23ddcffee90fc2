/**
 * peft_type VERA. The projections that all sites share stand once, under the name of the whole model, as wide as the widest site; a
 * site takes the first columns of A and rows of B. Our drawn A has a range of its own at every width (update/vera.ts): written, all
 * take that of the widest site, and d the ratio, √(widest / in).
 */
import { z } from 'zod';
import { Unsupported } from '../../../errors.ts';
import { givenProjections } from '../../update/projections.ts';
import { isVera, vera } from '../../update/vera.ts';
import { transposed } from '../../../tensor/transposed.ts';
import { asIs } from '../storedTensor.ts';
import { commonConfiguration, layersConfiguration } from './configuration.ts';
import { parsed, type PeftType } from './peftType.ts';
import { areOf, type NamedTensor, wholeOf, written } from './writing.ts';

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
  adaptedBiases: 'vera_only',
  holds(sites) {
    const specs = new Set(sites.flatMap(({ parts }) => parts.map(({ method }) => JSON.stringify(method.update.spec))));
    return specs.size === 1 && areOf(sites, ['vera'], ['none']) && sites.every((site) => wholeOf(site));
  },
  write(sites, context) {
    const parts = sites.map((site) => wholeOf(site)!);
    const { method, derived } = parts[0]!;
    const rank = derived.rank!;
    const { update } = method;
    if (!isVera(update)) throw new Error('an update that calls itself vera has no projections');
    const { projections } = update;
    const widest = Math.max(...parts.map(({ shape: [inputs] }) => inputs));
    const outputs = Math.max(...parts.map(({ shape }) => shape[1]));
    const ratio = (inputs: number): number => (projections.spec.type === 'drawn' ? Math.sqrt(widest / inputs) : 1);
    const a = transposed(projections.down(widest, rank), widest, rank);
    const shared: NamedTensor[] = [
      ['base_model.vera_A', { shape: [rank, widest], data: a }],
      ['base_model.vera_B', { shape: [outputs, rank], data: projections.up(outputs, rank).slice() }],
    ];
    const own = parts.flatMap(({ name, shape, numbers }) => [
      written(
        context,
        name,
        'downScale',
        [rank],
        numbers('downScale').map((d) => d * ratio(shape[0])),
      ),
      written(context, name, 'upScale', [shape[1]], numbers('upScale')),
    ]);
    return {
      tensors: [...shared, ...own],
      configuration: {
        ...commonConfiguration,
        ...layersConfiguration,
        bias: 'none',
        d_initial: update.spec.start!,
        fan_in_fan_out: false,
        init_weights: true,
        peft_type: 'VERA',
        projection_prng_key: 0,
        r: rank,
        save_projection: true,
        vera_dropout: method.dropout,
      },
    };
  },
};
