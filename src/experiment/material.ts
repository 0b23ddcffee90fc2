/** What runs of the same base and target share: the base, held as each recipe wants it, and the encoded data. */
import { float32 } from '../adapters/storage/float32.ts';
import type { Storage } from '../adapters/types.ts';
import { encodeAll, type Sequence } from '../data/encode.ts';
import type { Split, Task } from '../data/task.ts';
import { RequestError } from '../errors.ts';
import { architectureOf, languageModel } from '../families/index.ts';
import type { Measured, Scores } from '../results/record/measured.ts';
import { type Base, loadBase } from '../train/base.ts';
import { evaluate, type EvaluationSet, evaluationSet } from '../train/evaluate.ts';
import { createModel } from '../train/model.ts';
import { metricsOf } from './groupLog.ts';
import type { Experiment } from './define.ts';
import { scoresOf, testScores } from './testScores.ts';
import type { Variant } from './variant.ts';

export interface Material {
  readonly experiment: Experiment;
  readonly training: readonly Sequence[];
  readonly learn: { readonly validation: EvaluationSet; readonly test: EvaluationSet };
  readonly retain: { readonly validation: EvaluationSet; readonly test: EvaluationSet };
  /** Test data of further tasks, by name. */
  readonly observe: { readonly [name: string]: EvaluationSet };
  /** Held until one with another storage is asked for. */
  base(storage: Storage): Base;
  /** The base in float32, which distances are measured from; held from then on. */
  plainBase(): Base;
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
  const { retain, observe } = experiment;
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
  const tested = (task: Task, samples = 0): EvaluationSet => {
    examples(task, 'test');
    return evaluationSet(task, 'test', tokenizer, { maxLength, items: true, samples, report: say });
  };
  const evaluated = (task: Task, samples = 0): Material['learn'] => {
    examples(task, 'validation');
    return {
      validation: evaluationSet(task, 'validation', tokenizer, { maxLength, items: false, report: say }),
      test: tested(task, samples),
    };
  };
  examples(learn, 'train');
  let plain: { readonly base: Base } | null = null;
  let held: { readonly key: string; readonly base: Base } | null = null;
  const known = new Map<string, Scores>();
  const keyOf = ({ spec }: Storage): string => JSON.stringify(spec);

  const material: Material = {
    experiment,
    training: encodeAll(learn.split('train'), tokenizer, maxLength, (message) =>
      say(`${learn.name}, train: ${message}`),
    ),
    learn: evaluated(learn, 3),
    retain: evaluated(retain),
    observe: Object.fromEntries(Object.entries(observe).map(([name, task]) => [name, tested(task)])),
    plainBase: () => (plain ??= { base: loadBase(checkpoint, float32()) }).base,
    base(storage) {
      const key = keyOf(storage);
      if (key === keyOf(float32())) return material.plainBase();
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
      plain?.base.dispose();
      held?.base.dispose();
      checkpoint.close();
    },
  };
  return material;
}

async function baseScores(material: Material, storage: Storage, signal?: AbortSignal): Promise<Scores> {
  const model = createModel(material.base(storage), { seeds: [0], methodFor: () => null });
  try {
    const between = (): void => signal?.throwIfAborted();
    const [validation] = await evaluate(model, material.learn.validation, between);
    const [test] = await testScores(model, material, between);
    return scoresOf(validation!, test!, (metrics) => finite(metricsOf(metrics)));
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
