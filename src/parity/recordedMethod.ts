/** What a recorded run trained and on which base, in our terms. Throws Unsupported for what is not there. */
import path from 'node:path';
import { methodOf } from '../adapters/compose.ts';
import { isLoralib, loralibNames, readLoralib } from '../adapters/files/dialects/loralib.ts';
import { readPeftConfig } from '../adapters/files/peftConfig.ts';
import { checkpointNames, peftNames, type TensorNames } from '../adapters/files/tensorNames.ts';
import type { PeftContext } from '../adapters/files/types/peftType.ts';
import { inverseGram } from '../adapters/control/inverseGram.ts';
import { peftGroups } from '../adapters/groups/peft.ts';
import { uniform } from '../adapters/groups/uniform.ts';
import { float32 } from '../adapters/storage/float32.ts';
import { fourBit } from '../adapters/storage/fourBit.ts';
import { onTargets } from '../adapters/placement.ts';
import type { Groups, Storage } from '../adapters/types.ts';
import { dense } from '../adapters/update/dense.ts';
import { RequestError, Unsupported } from '../errors.ts';
import { defaultTargetsOf } from '../families/index.ts';
import type { Base } from '../train/base.ts';
import type { ModelOptions } from '../train/model.ts';
import { storedSites } from '../train/storedSites.ts';
import { baseForTargets } from '../train/untiedBase.ts';
import { readJson, type RunCase, withSafetensors, type RecordedRun } from './runCase.ts';

export interface RecordedMethod extends Pick<ModelOptions, 'methodFor'> {
  /** The base that the method is put on: with an output layer of its own where the run trained one of a tied pair alone. */
  readonly base: Base;
  readonly names: TensorNames;
  /** The names of an embedding and a head that share a table in the run's base; empty where they do not. */
  readonly tied: readonly string[];
  /** Steps that the method's schedule is made for. */
  readonly steps: number;
}

/**
 * How the run held its base. One that quantized no layer of it held it as it is: bitsandbytes takes torch's Linear alone, and a GPT-2
 * has none but its head.
 */
export function recordedStorage({ run: { quantization }, expected: { quantized } }: RecordedRun): Storage {
  if (!quantization || (quantized && Object.keys(quantized).length === 0)) return float32();
  const { type, blockSize, doubleQuant: double } = quantization;
  if (type !== 'nf4' && type !== 'fp4')
    throw new Unsupported(`a base quantized to ${type} is not there yet, only one in nf4 or fp4`);
  return fourBit(type, { blockSize, double });
}

export function recordedMethod(folder: string, run: RunCase, base: Base): RecordedMethod {
  if (!run.adapter) return ofTensors(run, base);
  const file = path.join(folder, run.adapter, 'adapter_config.json');
  const json = readJson(file);
  return isLoralib(json) ? ofLoralib(json, file, run, base) : ofPeft(json, file, run, base);
}

/** A run without adapter trains all tensors, or those whose names end in a word. */
function ofTensors({ trainable = 'all', train }: RunCase, base: Base): RecordedMethod {
  const method = methodOf({ update: dense(), groups: uniform({ decay: 'all' }) });
  const chosen = new Set(
    base.sites.filter(({ tensor }) => trainable === 'all' || tensor.endsWith(trainable)).map(({ name }) => name),
  );
  if (chosen.size === 0) throw new RequestError(`the base has no tensor whose name ends in ${trainable}`);
  return {
    base,
    names: checkpointNames(storedSites(base)),
    tied: tiedNames(base),
    steps: train.steps,
    methodFor: (name) => (chosen.has(name) ? method : null),
  };
}

function ofLoralib(json: unknown, file: string, run: RunCase, base: Base): RecordedMethod {
  const { recipe, targets } = readLoralib(json, file);
  return {
    base,
    names: loralibNames,
    tied: tiedNames(base),
    steps: run.train.steps,
    methodFor: onTargets(methodOf({ ...recipe, groups: recordedGroups(run, base) }), base.sites, targets),
  };
}

function ofPeft(json: unknown, file: string, run: RunCase, given: Base): RecordedMethod {
  const { train } = run;
  const weights = path.join(path.dirname(file), 'adapter_model.safetensors');
  const read: PeftContext['read'] = (key) => withSafetensors(weights, (opened) => opened.read(key));
  const {
    recipe,
    type,
    steps,
    targets: on,
  } = readPeftConfig(json, {
    file,
    read,
    freezeDown: isLoraFa(train),
  });
  const targets = on(defaultTargetsOf(given.config));
  if (run.quantization && (recipe.update?.spec.init as { compensated?: boolean } | undefined)?.compensated)
    throw new Unsupported(
      `a start that leaves a remainder of the kernel (PiSSA, OLoRA), which PEFT rounds again, is not there yet`,
    );
  const base = baseForTargets(given, targets);
  const method = methodOf({
    ...recipe,
    groups: recordedGroups(run, base),
    ...(isLoraFa(train) ? { control: inverseGram() } : {}),
  });
  return {
    base,
    names: peftNames(storedSites(base), type, targets),
    tied: tiedNames(given),
    steps: steps ?? train.steps,
    methodFor: onTargets(method, base.sites, targets),
  };
}

/** PEFT has LoRA-FA as an optimizer, of which the adapter's configuration knows nothing. */
const isLoraFa = ({ optimizer }: RunCase['train']): boolean => optimizer === 'lora-fa';

function recordedGroups({ train }: RunCase, { sites }: Base): Groups {
  const { loraPlusRatio: ratio, loraPlusEmbeddingLearningRate: embeddingRate } = train;
  if (!ratio) return uniform({ decay: 'all' });
  return peftGroups({ ratio, embeddingRate, undecayed: layerNormGains(sites) });
}

/** A norm with a bias is a layer norm. */
function layerNormGains(sites: Base['sites']): string[] {
  const kinds = new Map(sites.map(({ name, kind }) => [name, kind]));
  const modules = sites.filter(({ kind, name }) => kind === 'vector' && name.endsWith('.weight'));
  return modules.map(({ name }) => name).filter((name) => kinds.get(name.replace(/weight$/, 'bias')) === 'vector');
}

const tiedNames = ({ architecture: { tied, names } }: Base): string[] => (tied ? [names.embedding, names.head] : []);
