/** Repeats a recorded training run and measures how far every number is from the recorded one. */
import path from 'node:path';
import { checkpointTensor, peftTensor, type StoredTensor } from '../adapters/files/peftKeys.ts';
import { readPeftConfig } from '../adapters/files/peftConfig.ts';
import { Unsupported } from '../adapters/files/unsupported.ts';
import { methodOf } from '../adapters/compose.ts';
import { peftGroups } from '../adapters/groups/peft.ts';
import { uniform } from '../adapters/groups/uniform.ts';
import { onTargets } from '../adapters/placement.ts';
import type { Method, Recipe, Storage } from '../adapters/types.ts';
import { dense } from '../adapters/update/dense.ts';
import { float32 } from '../adapters/storage/float32.ts';
import { nf4 } from '../adapters/storage/nf4.ts';
import { tokenBatch } from '../blocks/tokenBatch.ts';
import { openCheckpoint } from '../checkpoint/folder.ts';
import { modelType } from '../families/index.ts';
import { adamw } from '../optim/adamw.ts';
import { sgd } from '../optim/sgd.ts';
import { release } from '../tensor/engine.ts';
import type { Parameter } from '../tensor/arena.ts';
import { type Base, loadBase } from '../train/base.ts';
import { mergeAdapters } from '../train/merge.ts';
import { createModel, type Model } from '../train/model.ts';
import { startRun, train, type TrainPlan } from '../train/trainer.ts';
import { type Deviation, largestDifference, largestRelativeDifference } from './caseResult.ts';
import { recordedMasks } from './recordedMasks.ts';
import { readJson, readRunCase, type RunCase, withSafetensors } from './runCase.ts';

export interface Replayed {
  readonly deviations: { readonly [what: string]: Deviation };
}

/** Throws Unsupported for what cannot be run here. */
export function replayRun(folder: string): Replayed {
  const { run, expected } = readRunCase(folder);
  if (run.task !== 'causal-lm') throw new Unsupported(`task ${run.task}`);
  if (!['adamw', 'sgd'].includes(run.train.optimizer)) throw new Unsupported(`optimizer ${run.train.optimizer}`);
  const checkpoint = openCheckpoint(path.resolve(folder, run.base));
  const base = loadBase(checkpoint, storageOf(run));
  const { methodFor, isSvd } = methodsOf(folder, run, base);
  const initial = run.adapter ? path.join(folder, run.adapter, 'adapter_model.safetensors') : null;
  const storedAs = (parameter: Parameter, kind: Parameters<typeof peftTensor>[1]): StoredTensor => {
    if (parameter.role !== 'dense') return peftTensor(parameter, kind, isSvd);
    const site = base.sites.find(({ name }) => name === parameter.site)!;
    return checkpointTensor(site.tensor, parameter, kind === 'linear' && base.architecture.kernelOrder === 'outIn');
  };
  const kinds = new Map(base.sites.map(({ name, kind }) => [name, kind]));
  const storedOf = (parameter: Parameter): StoredTensor => storedAs(parameter, kinds.get(parameter.site)!);

  const model = createModel(base, { seeds: [0], methodFor, steps: run.train.steps });
  if (initial) startAt(model, initial, storedOf);
  const deviations = compare(folder, run, expected, model, storedOf);
  model.dispose();
  base.dispose();
  checkpoint.close();
  return { deviations };
}

/** Whether a case belongs to what --only asks for: its own model_type or its base's. */
export function runModelTypes(folder: string): string[] {
  const { run } = readRunCase(folder);
  const config = readJson(path.resolve(folder, run.base, 'config.json')) as object;
  const type = modelType(config);
  return type ? [type] : [];
}

function storageOf({ quantization }: RunCase): Storage {
  if (!quantization) return float32();
  if (quantization.type !== 'nf4') throw new Unsupported(`quantization ${quantization.type}`);
  return nf4({ blockSize: quantization.blockSize, double: quantization.doubleQuant });
}

function methodsOf(
  folder: string,
  run: RunCase,
  base: Base,
): {
  methodFor: (name: string, kind: Method['update']['sites'][number], isHead: boolean) => Method | null;
  isSvd: boolean;
} {
  if (!run.adapter) {
    if (run.trainable !== 'all') throw new Unsupported(`trainable ${run.trainable}`);
    const method = methodOf({ update: dense(), groups: uniform({ decay: 'all' }) });
    return { methodFor: () => method, isSvd: false };
  }
  const file = path.join(folder, run.adapter, 'adapter_config.json');
  const weights = path.join(folder, run.adapter, 'adapter_model.safetensors');
  const { recipe, targets, type } = readPeftConfig(readJson(file), file, (key) =>
    withSafetensors(weights, (opened) => opened.read(key)),
  );
  const { loraPlusRatio: ratio, loraPlusEmbeddingLearningRate: embeddingRate } = run.train;
  const groups: Recipe['groups'] = ratio ? peftGroups({ ratio, embeddingRate }) : uniform({ decay: 'all' });
  const method = methodOf({ ...recipe, groups });
  return { methodFor: onTargets(method, base.sites, targets), isSvd: type === 'ADALORA' };
}

/** Overwrites the drawn start with the recorded one. */
function startAt(model: Model, file: string, storedOf: (parameter: Parameter) => StoredTensor): void {
  const { arena } = model;
  withSafetensors(file, (opened) => {
    const values = arena.values.dataSync().slice() as Float32Array;
    for (const parameter of arena.parameters) {
      const stored = storedOf(parameter);
      const found = opened.read(stored.key);
      if (found.shape.join() !== stored.shape.join())
        throw new Error(
          `${file}: ${stored.key} has the shape [${found.shape.join()}], expected [${stored.shape.join()}]`,
        );
      values.set(stored.fromFile(found.data), parameter.offset);
    }
    arena.load(values);
  });
}

function compare(
  folder: string,
  run: RunCase,
  expected: { losses: number[]; gradNorm: number[] },
  model: Model,
  storedOf: (parameter: Parameter) => StoredTensor,
): { [what: string]: Deviation } {
  const { tolerance, train: spec } = run;
  return withSafetensors(path.join(folder, 'expected.safetensors'), (reference) => {
    const probeIds = reference.readRaw('input_ids');
    const [, length] = probeIds.shape as [number, number];
    const ids = Int32Array.from(probeIds.data as Int32Array);
    const probe = tokenBatch(ids, ids, { lanes: 1, length });
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
    if (has('logits_initial')) deviations.logitsInitial = logitsOff(model, 'logits_initial');

    const losses: number[] = [];
    const norms: number[] = [];
    let gradients = 0;
    const state = startRun(
      model,
      planOf(folder, run, (gradient) => {
        for (const parameter of model.arena.parameters) {
          const stored = storedOf(parameter);
          const got = stored.toFile(gradient.subarray(parameter.offset, parameter.offset + parameter.size));
          const off = largestDifference(got, reference.read(`grad.${stored.key}`).data);
          gradients = Math.max(gradients, off);
        }
      }),
    );
    for (const report of train(state)) {
      losses.push(report.lossNats[0] + report.penalty[0]);
      norms.push(report.gradientNorm[0]);
    }
    state.dispose();
    deviations.losses = { value: largestDifference(losses, expected.losses), tolerance: tolerance.losses };
    deviations.gradNorm = {
      value: largestRelativeDifference(norms, expected.gradNorm),
      tolerance: tolerance.gradNorm,
    };
    deviations.gradients = { value: gradients, tolerance: tolerance.gradients };
    deviations.logitsFinal = logitsOff(model, 'logits_final');
    deviations.adapterFinal = {
      value: finalDifference(folder, run, reference, model, storedOf),
      tolerance: tolerance.adapterFinal,
    };
    const mergedKey = ['logits_merged_dequantised', 'logits_merged_untied', 'logits_merged'].find(has);
    if (mergedKey) {
      const merged = mergeAdapters(model, 0, probe, Infinity);
      deviations.logitsMerged = logitsOff(merged.model, mergedKey);
      merged.dispose();
    }
    release(probe);
    if (spec.steps !== losses.length) deviations.losses = { value: Infinity, tolerance: tolerance.losses };
    return deviations;
  });
}

interface Recorded {
  readonly shape: number[];
  readonly data: Int32Array;
}

function planOf(folder: string, run: RunCase, firstGradient: (gradient: Float32Array) => void): TrainPlan {
  const { train: spec } = run;
  const [ids, labels] = withSafetensors(path.join(folder, 'batches.safetensors'), (batches) =>
    ['input_ids', 'labels'].map((key) => batches.readRaw(key)),
  ) as unknown as [Recorded, Recorded];
  const [, rows, length] = ids.shape as [number, number, number];
  const parts = spec.gradientAccumulation;
  const size = (rows / parts) * length;
  const [beta1, beta2] = spec.betas ?? [0.9, 0.999];
  return {
    steps: spec.steps,
    parts,
    batch(step, part) {
      const from = (step - 1) * rows * length + part * size;
      return { ids: ids.data.slice(from, from + size), labels: labels.data.slice(from, from + size), length };
    },
    optimizer:
      spec.optimizer === 'sgd' ? sgd({ momentum: spec.momentum }) : adamw({ beta1, beta2, epsilon: spec.eps ?? 1e-8 }),
    schedule: spec.schedule,
    learningRates: [spec.learningRate],
    weightDecay: spec.weightDecay,
    ...(spec.maxGradNorm === undefined ? {} : { maxGradientNorm: spec.maxGradNorm }),
    ...(run.dropout ? { masks: recordedMasks(path.join(folder, run.dropout.masks), rows / parts) } : {}),
    onGradient: (step, gradient) => {
      if (step === 1) firstGradient(gradient());
    },
  };
}

function finalDifference(
  folder: string,
  run: RunCase,
  reference: { tensors: ReadonlyMap<string, unknown>; read(key: string): { data: Float32Array } },
  { arena }: Model,
  storedOf: (parameter: Parameter) => StoredTensor,
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
      largest = Math.max(largest, largestDifference(stored.toFile(arena.read(parameter, 0)), wanted));
    }
    return largest;
  });
}
