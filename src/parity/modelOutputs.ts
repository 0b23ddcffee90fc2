/** How far a network's outputs are from recorded ones. */
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { taskOf } from '../families/architecture.ts';
import { release } from '../tensor/engine.ts';
import type { LaneBatch, LaneImages } from '../train/laneBatch.ts';
import { type Model, noMask } from '../train/model.ts';
import { type Deviation, largestDifference } from './caseResult.ts';

const outputTolerance = 1e-4;
const lossTolerance = 1e-5;

type Given = LaneBatch | LaneImages;

/** Logits and loss, or features: whatever the file holds. */
export function compareOutputs(model: Model, given: Given, expected: SafetensorsFile): { [what: string]: Deviation } {
  const deviations: { [what: string]: Deviation } = {};
  if (expected.tensors.has('logits')) {
    deviations.logits = logitsOff(model, given, expected, outputTolerance);
    deviations.loss = lossOff(model, given, expected);
    return deviations;
  }
  const batch = model.batch(given);
  const { hidden, pooled } = model.features(batch);
  const wanted = expected.read('last_hidden_state').data;
  const hiddenOff = differenceAtTokens(hidden.dataSync() as Float32Array, wanted, given);
  deviations.lastHiddenState = { value: hiddenOff, tolerance: outputTolerance };
  if (expected.tensors.has('pooler_output')) {
    const got = pooled ? pooled.dataSync() : [];
    const value = largestDifference(got, expected.read('pooler_output').data);
    deviations.poolerOutput = { value, tolerance: outputTolerance };
  }
  release(batch, hidden, pooled);
  return deviations;
}

/** At tokens alone where there is a row of logits for each, of which those of padding mean nothing. */
export function logitsOff(model: Model, given: Given, expected: SafetensorsFile, tolerance: number): Deviation {
  const batch = model.batch(given);
  const logits = model.logits(batch);
  const got = logits.dataSync() as Float32Array;
  const wanted = expected.read('logits').data;
  release(batch, logits);
  const byToken = ['causal-lm', 'masked-lm'].includes(taskOf(model.base.architecture));
  return { value: byToken ? differenceAtTokens(got, wanted, given) : largestDifference(got, wanted), tolerance };
}

/** Leaves gradients at the model's parameters. */
export function lossOff(model: Model, given: Given, expected: SafetensorsFile): Deviation {
  const batch = model.batch(given);
  const [got] = model.lossAndGradients(batch, noMask);
  release(batch);
  const [wanted] = expected.read('loss').data;
  return { value: Math.abs(got! - wanted!) / Math.abs(wanted!), tolerance: lossTolerance };
}

function differenceAtTokens(got: Float32Array, wanted: Float32Array, given: Given): number {
  const mask = 'pixels' in given ? undefined : given.attentionMask;
  if (!mask || got.length !== wanted.length) return largestDifference(got, wanted);
  const width = got.length / mask.length;
  const atTokens = (values: Float32Array): Float32Array => values.filter((_, i) => mask[Math.floor(i / width)] === 1);
  return largestDifference(atTokens(got), atTokens(wanted));
}
