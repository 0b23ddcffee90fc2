/** Trains a model as a recorded run did and measures how far every number is from the recorded one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { StoredTensor } from '../adapters/files/storedTensor.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { storedName } from '../families/storedName.ts';
import { release } from '../tensor/engine.ts';
import type { Parameter } from '../tensor/arena.ts';
import { loadAdapter } from '../train/adapterFolder.ts';
import { mergeAdapters } from '../train/merge.ts';
import { createModel, type Model } from '../train/model.ts';
import { startRun, train } from '../train/trainer.ts';
import { type Deviation, largestDifference, largestRelativeDifference } from './caseResult.ts';
import { mergedReference } from './mergedReference.ts';
import { recordedInputs } from './recordedInputs.ts';
import { residualDifference } from './residual.ts';
import type { RecordedMethod } from './recordedMethod.ts';
import { recordedPlan } from './recordedPlan.ts';
import { type RecordedRun, type RunCase, withSafetensors } from './runCase.ts';

type StoredOf = (parameter: Parameter) => StoredTensor;

/** `model` stands where the run started. */
export function compareRun(
  folder: string,
  recorded: RecordedRun,
  model: Model,
  { names, tied }: Pick<RecordedMethod, 'names' | 'tied'>,
): { [what: string]: Deviation } {
  const { run, expected } = recorded;
  const { tolerance } = run;
  return withSafetensors(path.join(folder, 'expected.safetensors'), (reference) => {
    const { stored: ends } = model.base.architecture.names;
    const storedOf: StoredOf = ({ site, role, shape }) => {
      const stored = names.of(site, role, shape);
      if (!stored) throw new Error(`the run has no name for the role '${role}' of ${site}`);
      // A run may go by other names than its base's checkpoint: transformers 5 writes GPT-NeoX's lm_head as embed_out.
      const key = storedName(stored.key, ends, { has: (name) => reference.tensors.has(`grad.${name}`) });
      return { ...stored, key };
    };
    const inputs = recordedInputs(reference, 1, model.base.architecture);
    const probe = model.batch(inputs.rows(0, inputs.shape[0]!));
    const logitsOff = (m: Model, key: string): Deviation => {
      const logits = m.logits(probe);
      const value = largestDifference(logits.dataSync(), reference.read(key).data);
      release(logits);
      return { value, tolerance: tolerance.logitsFinal };
    };
    const deviations: { [what: string]: Deviation } = {};
    const has = (key: string): boolean => reference.tensors.has(key);

    const frozen = createModel(model.base, { seeds: [0], methodFor: () => null });
    if (has('logits_base')) deviations.logitsBase = logitsOff(frozen, 'logits_base');
    frozen.dispose();
    const residual = residualDifference(model, reference);
    if (residual !== null) deviations.residual = { value: residual, tolerance: tolerance.adapterFinal };
    if (has('logits_initial')) deviations.logitsInitial = logitsOff(model, 'logits_initial');

    if (expected.trainableParameters !== undefined)
      deviations.trainable = { value: Math.abs(model.arena.count - expected.trainableParameters), tolerance: 0 };
    const losses: number[] = [];
    const norms: number[] = [];
    let gradients = 0;
    const plan = recordedPlan(folder, run, model.base, (gradient) => {
      for (const parameter of model.arena.parameters) {
        const stored = storedOf(parameter);
        const got = gradient.subarray(parameter.offset, parameter.offset + parameter.size);
        const wanted = reference.read(`grad.${stored.key}`).data;
        gradients = Math.max(gradients, comparableDifference(run, stored, got, wanted));
      }
    });
    const state = startRun(model, plan);
    for (const report of train(state)) {
      losses.push(report.lossNats[0] + report.penalty[0]);
      norms.push(report.gradientNorm[0]);
    }
    state.dispose();
    deviations.losses = { value: largestDifference(losses, expected.losses), tolerance: tolerance.losses };
    deviations.gradNorm = { value: largestRelativeDifference(norms, expected.gradNorm), tolerance: tolerance.gradNorm };
    deviations.gradients = { value: gradients, tolerance: tolerance.gradients };
    deviations.logitsFinal = logitsOff(model, 'logits_final');
    deviations.adapterFinal = {
      value: finalDifference(folder, run, reference, model, storedOf),
      tolerance: tolerance.adapterFinal,
    };
    const inPeft = path.join(folder, 'adapter_final_peft');
    if (existsSync(inPeft)) {
      const made = loadAdapter(model.base, inPeft);
      deviations.logitsInPeft = logitsOff(made, 'logits_final');
      made.dispose();
    }
    const mergedKey = mergedReference(
      model.adapters.map(({ site }) => site),
      recorded,
      tied,
      has,
    );
    if (mergedKey) {
      const merged = mergeAdapters(model, 0, probe, Infinity);
      deviations.logitsMerged = logitsOff(merged.model, mergedKey);
      merged.dispose();
    }
    release(probe);
    return deviations;
  });
}

function finalDifference(
  folder: string,
  run: RunCase,
  reference: SafetensorsFile,
  { arena }: Model,
  storedOf: StoredOf,
): number {
  const file = run.adapter
    ? path.join(folder, 'adapter_final', 'adapter_model.safetensors')
    : path.join(folder, 'model_final.safetensors');
  return withSafetensors(file, (final) => {
    let largest = 0;
    for (const parameter of arena.parameters) {
      const stored = storedOf(parameter);
      const unpruned = `final.${stored.key}`;
      const wanted = (reference.tensors.has(unpruned) ? reference.read(unpruned) : final.read(stored.key)).data;
      largest = Math.max(largest, comparableDifference(run, stored, arena.read(parameter, 0), wanted));
    }
    return largest;
  });
}

/** Largest difference in the file's form, but for the rows that the run calls incomparable: their gradient is rounding noise. */
export function comparableDifference(
  { incomparable = [] }: Pick<RunCase, 'incomparable'>,
  { key, shape, toFile }: StoredTensor,
  ours: Float32Array,
  recorded: Float32Array,
): number {
  const got = toFile(ours).slice();
  if (got.length !== recorded.length) return Infinity;
  const row = recorded.length / shape[0];
  for (const { from, to } of incomparable.filter(({ endsWith }) => key.endsWith(endsWith)))
    got.set(recorded.subarray(from * row, to * row), from * row);
  return largestDifference(got, recorded);
}
