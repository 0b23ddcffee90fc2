/** What runs of the same base and target share: the base, held as each recipe wants it, and the encoded data. */
import type { Storage } from '../adapters/types.ts';
import { encodeAll, type Sequence } from '../data/encode.ts';
import type { Split, Task } from '../data/task.ts';
import { RequestError } from '../errors.ts';
import { architectureOf, languageModel } from '../families/index.ts';
import type { Measured, Scores } from '../results/record/measured.ts';
import { type Base, loadBase } from '../train/base.ts';
import { evaluate, type EvaluationSet, evaluationSet, type LaneMetrics } from '../train/evaluate.ts';
import { createModel } from '../train/model.ts';
import { metricsOf } from './groupLog.ts';
import type { Experiment } from './define.ts';
import type { Variant } from './variant.ts';

export interface Material {
  readonly experiment: Experiment;
  readonly training: readonly Sequence[];
  readonly learn: { readonly validation: EvaluationSet; readonly test: EvaluationSet };
  readonly retain: { readonly validation: EvaluationSet; readonly test: EvaluationSet };
  /** Held until one with another storage is asked for. */
  base(storage: Storage): Base;
  /** Scores of the base without any adapter, measured once for each storage. */
  before(storage: Storage, signal?: AbortSignal): Promise<Scores>;
  dispose(): void;
}

/**
 * Opens the base and encodes the data; those of a variant, or of all that have none of their own. `say` hears what a person should
 * know: texts that had to be cut.
 */
export function openMaterial(
  experiment: Experiment,
  say: (message: string) => void,
  { base, learn, train }: Pick<Variant, 'base' | 'learn' | 'train'> = experiment,
): Material {
  const { retain } = experiment;
  const { checkpoint, tokenizer } = base.open();
  const { maxLength: positions, vocabulary } = languageModel(architectureOf(checkpoint.config));
  if (train.maxLength !== null && train.maxLength > positions)
    throw new RequestError(`train.maxLength is ${train.maxLength}, but the base has ${positions} positions`);
  if (tokenizer.size > vocabulary)
    throw new RequestError(
      `the tokenizer has ${tokenizer.size} tokens, but the base knows ${vocabulary}: they do not belong together`,
    );
  const maxLength = train.maxLength ?? positions;
  const examples = (task: Task, split: Split): void => {
    if (task.split(split).length === 0)
      throw new RequestError(
        `${task.name} has no ${split} examples, which this experiment needs; ask the task for some`,
      );
  };
  const evaluated = (task: Task): Material['learn'] => {
    examples(task, 'validation');
    examples(task, 'test');
    return {
      validation: evaluationSet(task, 'validation', tokenizer, { maxLength, items: false, report: say }),
      test: evaluationSet(task, 'test', tokenizer, { maxLength, items: true, report: say }),
    };
  };
  examples(learn, 'train');
  let held: { readonly key: string; readonly base: Base } | null = null;
  const known = new Map<string, Scores>();
  const keyOf = ({ spec }: Storage): string => JSON.stringify(spec);

  const material: Material = {
    experiment,
    training: encodeAll(learn.split('train'), tokenizer, maxLength, (message) =>
      say(`${learn.name}, train: ${message}`),
    ),
    learn: evaluated(learn),
    retain: evaluated(retain),
    base(storage) {
      const key = keyOf(storage);
      if (held?.key === key) return held.base;
      held?.base.dispose();
      held = null;
      held = { key, base: loadBase(checkpoint, storage) };
      return held.base;
    },
    async before(storage, signal) {
      const scores = known.get(keyOf(storage)) ?? (await baseScores(material, storage, signal));
      known.set(keyOf(storage), scores);
      return scores;
    },
    dispose() {
      held?.base.dispose();
      checkpoint.close();
    },
  };
  return material;
}

async function baseScores(material: Material, storage: Storage, signal?: AbortSignal): Promise<Scores> {
  const { learn, retain } = material;
  const model = createModel(material.base(storage), { seeds: [0], methodFor: () => null });
  try {
    const between = (): void => signal?.throwIfAborted();
    const validation = await evaluate(model, learn.validation, between);
    const test = await evaluate(model, learn.test, between);
    const source = await evaluate(model, retain.test, between);
    const rounded = ([lane]: readonly LaneMetrics[]): Scores['learn']['test'] => finite(metricsOf(lane!));
    return { learn: { validation: rounded(validation), test: rounded(test) }, retain: { test: rounded(source) } };
  } finally {
    model.dispose();
  }
}

/** What the base scores must be numbers: nothing that is trained on top of it could be. */
function finite(metrics: Scores<Measured>['learn']['test']): Scores['learn']['test'] {
  const odd = Object.entries(metrics).find(([, value]) => value === null);
  if (odd) throw new RequestError(`the base, without any adapter, has no finite ${odd[0]}; its weights are unusable`);
  return metrics as Scores['learn']['test'];
}
