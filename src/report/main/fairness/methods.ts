import { methodOfVariant } from '../../methodNames.ts';
import { listText } from '../../numberText.ts';
import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { counted, someOf } from './across.ts';

export function storagePoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const kinds = recipes(experiments).flatMap((recipe) => {
    const storage = field(recipe, 'storage');
    const type = storage && field(storage, 'type');
    return typeof type === 'string' && type !== 'float32' ? [words(storage)] : [];
  });
  return {
    danger: 'A base in four bits of another type than the method asks for.',
    remedy:
      'The type, the size of blocks and whether constants are quantized again are part of the recipe, which each report prints in full.',
    figures: [
      kinds.length === 0
        ? 'every base here is held in float32'
        : `held here, beside float32: ${someOf([...new Set(kinds)], 8)}`,
    ],
  };
}

export function baselinePoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const full = experiments.filter(({ content }) => methodsIn(content.plan.variants).includes('full'));
  return {
    danger: 'No baseline: neither the network as it was nor full fine-tuning.',
    remedy:
      'The base is scored in every run, on target and source; full fine-tuning is a variant like any other, with its own sweep.',
    figures: [
      `full fine-tuning in ${full.length} of ${counted(experiments.length, 'experiment')}${full.length > 0 ? `: ${someOf(full.map(({ folder }) => folder))}` : ''}`,
    ],
  };
}

export function compositionPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const methods = new Set(experiments.flatMap(({ content }) => methodsIn(content.plan.variants)));
  return {
    danger: 'Methods, starts or budgets that are left out, so that the winner had no rival.',
    remedy:
      'A recipe joins storage, update, rescaling, groups of rates and control freely: any mixture can be a variant.',
    figures: [`compared here by name: ${listText([...methods])}`],
  };
}

function methodsIn(variants: object): string[] {
  return [...new Set(Object.keys(variants).flatMap((name) => methodOfVariant(name) ?? []))];
}

function recipes(experiments: readonly ReportedExperiment[]): unknown[] {
  return experiments.flatMap(({ content }) => Object.values(content.plan.variants));
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** `nf4, blockSize 64`. */
function words(storage: unknown): string {
  const { type, ...rest } = storage as Record<string, unknown>;
  return [String(type), ...Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join(' ');
}
