/** What `train` says at its end. */
import type { Spec } from '../adapters/json.ts';
import type { Targets } from '../adapters/targets.ts';
import { countText, fixed, learningRateText, secondsText, significant } from '../report/numberText.ts';
import type { SavedAdapter } from '../train/adapterFolder.ts';
import type { Adapted } from '../train/adaptText.ts';
import type { TextScores } from '../train/textScores.ts';
import type { TrainRequest } from './trainRequest.ts';

export interface TrainResult {
  readonly model: { readonly name: string; readonly type: string };
  readonly method: { readonly name: string; readonly storage: Spec; readonly update: Spec };
  readonly targets: Targets;
  readonly trainable: number;
  /** Of all numbers. */
  readonly percent: number;
  readonly data: {
    readonly file: string;
    /** Sequences, and tokens of one at most. */
    readonly training: number;
    readonly heldOut: number;
    readonly sequence: number;
  };
  readonly learningRate: number;
  readonly seed: number;
  /** Steps done; fewer than planned where it was stopped. */
  readonly steps: number;
  readonly stopped: boolean;
  readonly seconds: number;
  /** On what was held out; null where nothing was, or where it was stopped before. */
  readonly before: TextScores | null;
  readonly after: TextScores | null;
  /** Mean of the first and of the last tenth of the steps. */
  readonly trainLossNats: { readonly first: number; readonly last: number };
  /** What was written. */
  readonly saved: Omit<SavedAdapter, 'trainedParameters'>;
  readonly warnings: readonly string[];
}

export function trainResult(
  { given, own, asked, inspection, sequence, data, plan, warnings }: TrainRequest,
  { steps, stopped, seconds, before, after, lossNats }: Adapted,
  { trainedParameters: trainable, ...saved }: SavedAdapter,
): TrainResult {
  const { storage, update } = asked.method;
  return {
    model: { name: own.name, type: own.type },
    method: { name: given.method, storage: storage.spec, update: update.spec },
    targets: asked.targets,
    trainable,
    percent: inspection.totals.percent,
    data: { file: given.data, training: data.training.length, heldOut: data.validation.length, sequence },
    learningRate: plan.learningRate,
    seed: plan.seed,
    steps,
    stopped,
    seconds,
    before,
    after,
    trainLossNats: tenths(lossNats),
    saved,
    warnings,
  };
}

function tenths(losses: readonly number[]): TrainResult['trainLossNats'] {
  const size = Math.ceil(losses.length / 10);
  const mean = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0) / some.length;
  return { first: mean(losses.slice(0, size)), last: mean(losses.slice(-size)) };
}

export function trainResultText(result: TrainResult, reference: string | null): string {
  const { model, method, targets, trainable, percent, data, steps, stopped, seconds, before, after, saved } = result;
  const { first, last } = result.trainLossNats;
  const where = reference === null ? '' : ` --model ${reference}`;
  const adapted = saved.format === 'model' ? ` --model ${saved.folder}` : `${where} --adapter ${saved.folder}`;
  const lines = [
    [
      'adapted',
      `${model.name} by ${method.name} on ${[targets.targets].flat().join(', ')}: ${countText(trainable)} numbers, ${significant(percent, 3)} %`,
    ],
    [
      'texts',
      `${countText(data.training)} sequences of up to ${data.sequence} tokens, ${countText(data.heldOut)} of them held out`.replace(
        'of them',
        'more',
      ),
    ],
    [
      'steps',
      `${countText(steps)}${stopped ? ', then stopped' : ''}, in ${secondsText(seconds)}, at a learning rate of ${learningRateText(result.learningRate)}`,
    ],
    ['training', `loss ${fixed(first, 3)} → ${fixed(last, 3)} nats a token (first and last tenth of the steps)`],
    ...(before && after ? [['held out', `loss ${scoresText(before)} → ${scoresText(after)}`]] : []),
    ['written', `${saved.folder}: ${saved.files.join(', ')}`],
    ['next', `npx adapterlab generate${adapted} --prompt "…"`],
  ];
  return lines.map(([label, text]) => `${label!.padEnd(10)}${text}`).join('\n');
}

const scoresText = ({ lossNats, perplexity }: TextScores): string =>
  `${fixed(lossNats, 3)} (perplexity ${significant(perplexity, 3)})`;
