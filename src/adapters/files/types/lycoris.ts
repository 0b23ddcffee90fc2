/** peft_type LOHA and LOKR (PEFT tuners/loha, tuners/lokr), in LyCORIS' layouts: everything [out, in], factors of the output first. */
import { z } from 'zod';
import { Unsupported } from '../../../errors.ts';
import { loha } from '../../update/loha.ts';
import { lokr } from '../../update/lokr.ts';
import { turned } from '../storedTensor.ts';
import type { TrainedSite } from '../../trainedSite.ts';
import { commonConfiguration, type Configuration, layersConfiguration } from './configuration.ts';
import { patterned } from './patterned.ts';
import { parsed, pattern, type PeftType, type StoredAs } from './peftType.ts';
import { areOf, wholeOf, type WriteContext, type Written, writtenAsTrained } from './writing.ts';

const common = {
  r: z.number().default(8),
  alpha: z.number().default(8),
  rank_pattern: pattern,
  alpha_pattern: pattern,
  rank_dropout: z.number().default(0),
  module_dropout: z.number().default(0),
  use_effective_conv2d: z.boolean().default(false),
};
const lohaSchema = z.looseObject(common);
const lokrSchema = z.looseObject({
  ...common,
  decompose_both: z.boolean().default(false),
  decompose_factor: z.number().default(-1),
});

/** Dropout of ranks and modules draws from torch's generator while it trains; the other has three factors for a convolution. */
function checkOptions(config: z.infer<typeof lohaSchema>, file: string): void {
  for (const name of ['rank_dropout', 'module_dropout'] as const)
    if (config[name] !== 0) throw new Unsupported(`${file}: the option ${name} (${config[name]}) is not there yet`);
  if (config.use_effective_conv2d) throw new Unsupported(`${file}: the option use_effective_conv2d is not there yet`);
}

const as =
  (name: string): StoredAs =>
  (prefix, shape) =>
    turned(`${prefix}.${name}`, shape);

export const lohaType: PeftType = {
  defaults: 'lora',
  read(json, { file }) {
    const config = parsed(lohaSchema, json, file);
    checkOptions(config, file);
    const { r: rank, alpha, rank_pattern: rankPattern, alpha_pattern: alphaPattern } = config;
    return { steps: null, recipe: { update: loha({ rank, alpha, rankPattern, alphaPattern }) } };
  },
  tensors: {
    firstUp: as('hada_w1_a'),
    firstDown: as('hada_w1_b'),
    secondUp: as('hada_w2_a'),
    secondDown: as('hada_w2_b'),
  },
  adaptedBiases: null,
  holds: (sites) => areOf(sites, ['loha'], ['none']) && areAlike(sites, []),
  write: (sites, context) => writeSites(sites, context, { peft_type: 'LOHA' }),
};

export const lokrType: PeftType = {
  defaults: 'lora',
  read(json, { file }) {
    const config = parsed(lokrSchema, json, file);
    checkOptions(config, file);
    const { r: rank, alpha, rank_pattern: rankPattern, alpha_pattern: alphaPattern } = config;
    const { decompose_both: decomposeBoth, decompose_factor: decomposeFactor } = config;
    const update = lokr({ rank, alpha, rankPattern, alphaPattern, decomposeBoth, decomposeFactor });
    return { steps: null, recipe: { update } };
  },
  tensors: {
    left: as('lokr_w1'),
    leftUp: as('lokr_w1_a'),
    leftDown: as('lokr_w1_b'),
    right: as('lokr_w2'),
    rightUp: as('lokr_w2_a'),
    rightDown: as('lokr_w2_b'),
  },
  adaptedBiases: null,
  holds: (sites) => areOf(sites, ['lokr'], ['none']) && areAlike(sites, ['decomposeBoth', 'decomposeFactor']),
  write(sites, context) {
    const { decomposeBoth, decomposeFactor } = wholeOf(sites[0]!)!.method.update.spec;
    return writeSites(sites, context, {
      peft_type: 'LOKR',
      decompose_both: decomposeBoth!,
      decompose_factor: decomposeFactor!,
      rank_dropout_scale: false,
    });
  },
};

/** Whether the sites are whole linear maps without dropout, which PEFT has none of here, and agree in these options. */
function areAlike(sites: readonly TrainedSite[], options: readonly string[]): boolean {
  const parts = sites.map((site) => (site.kind === 'linear' ? wholeOf(site) : null));
  const specs = parts.map((part) => part && JSON.stringify(options.map((option) => part.method.update.spec[option])));
  return parts.every((part) => part && part.method.dropout === 0) && new Set(specs).size === 1;
}

function writeSites(sites: readonly TrainedSite[], context: WriteContext, own: Configuration): Written {
  const parts = sites.map((site) => wholeOf(site)!);
  const ranks = patterned(parts.map(({ name, derived }) => ({ name, value: derived.rank! })));
  const alphas = patterned(parts.map(({ name, derived }) => ({ name, value: derived.alpha! })));
  return {
    configuration: {
      ...commonConfiguration,
      ...layersConfiguration,
      alpha: alphas.usual,
      alpha_pattern: alphas.pattern,
      exclude_modules: null,
      init_weights: true,
      module_dropout: 0,
      r: ranks.usual,
      rank_dropout: 0,
      rank_pattern: ranks.pattern,
      use_effective_conv2d: false,
      ...own,
    },
    tensors: parts.flatMap((part) => writtenAsTrained(context, part, part.method.update.outline(part).trained)),
  };
}
