/** What a recorded run trained and on which base, in our terms. Throws Unsupported for what is not there. */
import path from 'node:path';
import { methodOf } from '../adapters/compose.ts';
import { readPeftConfig } from '../adapters/files/peftConfig.ts';
import { peftGroups } from '../adapters/groups/peft.ts';
import { uniform } from '../adapters/groups/uniform.ts';
import { float32 } from '../adapters/storage/float32.ts';
import { fourBit } from '../adapters/storage/fourBit.ts';
import { onTargets } from '../adapters/placement.ts';
import { isTarget, type Targets } from '../adapters/targets.ts';
import type { Recipe, Storage } from '../adapters/types.ts';
import { dense } from '../adapters/update/dense.ts';
import { Unsupported } from '../errors.ts';
import type { Base } from '../train/base.ts';
import type { ModelOptions } from '../train/model.ts';
import { readJson, type RunCase, withSafetensors } from './runCase.ts';

export interface RecordedMethod extends Pick<ModelOptions, 'methodFor'> {
  /** Whether the adapter's factors are an AdaLoRA's, which PEFT names in another way. */
  readonly isSvd: boolean;
  /** Steps that the method's schedule is made for. */
  readonly steps: number;
}

export function recordedStorage({ quantization }: RunCase): Storage {
  if (!quantization) return float32();
  const { type, blockSize, doubleQuant: double } = quantization;
  if (type !== 'nf4' && type !== 'fp4')
    throw new Unsupported(`a base quantized to ${type} is not there yet, only one in nf4 or fp4`);
  return fourBit(type, { blockSize, double });
}

export function recordedMethod(folder: string, run: RunCase, base: Base): RecordedMethod {
  const { steps } = run.train;
  if (!run.adapter) {
    if (run.trainable !== 'all')
      throw new Unsupported(`a run without adapter that trains '${run.trainable}' is not there yet, only one of 'all'`);
    const method = methodOf({ update: dense(), groups: uniform({ decay: 'all' }) });
    return { methodFor: () => method, isSvd: false, steps };
  }
  const file = path.join(folder, run.adapter, 'adapter_config.json');
  const weights = path.join(folder, run.adapter, 'adapter_model.safetensors');
  const config = readPeftConfig(readJson(file), file, (key) => withSafetensors(weights, (opened) => opened.read(key)));
  const { recipe, targets, type } = config;
  refuseTiedHead(base, targets);
  const { loraPlusRatio: ratio, loraPlusEmbeddingLearningRate: embeddingRate } = run.train;
  const groups: Recipe['groups'] = ratio ? peftGroups({ ratio, embeddingRate }) : uniform({ decay: 'all' });
  const method = methodOf({ ...recipe, groups });
  const methodFor = onTargets(method, base.sites, targets);
  return { methodFor, isSvd: type === 'ADALORA', steps: config.steps ?? steps };
}

/** PEFT puts an adapter on the output layer even where that has no tensor of its own. */
function refuseTiedHead({ architecture: { tied, names } }: Base, targets: Targets): void {
  if (tied && isTarget({ name: names.head, kind: 'linear', isHead: true }, targets))
    throw new Unsupported(`an adapter on ${names.head}, which shares the embedding's tensor, is not there yet`);
}
