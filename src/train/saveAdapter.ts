/** Writes what a model has trained as a PEFT folder, or as a model folder where whole tensors were trained and nothing else. */
import path from 'node:path';
import { modelCard } from './modelCard.ts';
import { type AdapterNotes, methodNotes, writeNotes } from './adapterNotes.ts';
import { type BaseFacts, peftAdapter } from '../adapters/files/peftAdapter.ts';
import { configurationText } from '../adapters/files/types/configuration.ts';
import type { Json } from '../adapters/json.ts';
import { type TrainedSite, trainedSites } from '../adapters/trainedSite.ts';
import { writeWhole } from '../atomicFile.ts';
import { writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import { RequestError } from '../errors.ts';
import { taskOf } from '../families/architecture.ts';
import type { Base } from './base.ts';
import { frozenTensor } from './frozenTensor.ts';
import { mergedBase } from './merge.ts';
import type { Model } from './model.ts';
import { saveModel } from './saveModel.ts';
import { storedSites } from './storedSites.ts';

export interface AboutAdapter {
  /** What base_model_name_or_path should say: a name on a hub, or a folder. */
  readonly base: string;
  /** The method's name, for the model card. */
  readonly method?: string;
  /** Steps of the run; PEFT asks AdaLoRA's files for them. */
  readonly steps?: number;
  /** What else should be known of the training (seed, optimizer, data), for adapterlab.json. */
  readonly training?: { readonly [name: string]: Json };
}

export interface SavedAdapter {
  readonly folder: string;
  /** A whole model where only whole tensors were trained (full fine-tuning, BitFit). */
  readonly format: 'peft' | 'model';
  /** LORA …; null for a model. */
  readonly peftType: string | null;
  /** Relative to the folder. */
  readonly files: readonly string[];
  readonly trainedParameters: number;
}

/**
 * Writes one lane of a model's adapters: adapter_config.json, adapter_model.safetensors, README.md (model card) and adapterlab.json
 * (what PEFT can't express). Throws a RequestError for a lane that does not exist, a model without adapters, and a strength other
 * than 1, which PEFT's files have no place for; Unsupported for a method that PEFT cannot express. Nothing is written then.
 */
export function saveAdapter(model: Model, lane: number, folder: string, about: AboutAdapter): SavedAdapter {
  const { base, arena, adapters, strength } = model;
  if (!Number.isInteger(lane) || lane < 0 || lane >= arena.lanes)
    throw new RequestError(`there is no lane ${lane} to save; the model has ${arena.lanes}, counted from 0`);
  if (adapters.length === 0)
    throw new RequestError('the model has no adapters to save; saveModel writes a model without');
  if (strength !== 1)
    throw new RequestError(
      `an adapter is saved at strength 1, not ${strength}: set it back, or merge the adapter as strong as it is`,
    );
  const sites = trainedSites(model, lane, base.sites);
  const notes: AdapterNotes = {
    version: 1,
    base: { name: about.base, sha256: base.hash(), storage: base.storage },
    methods: methodNotes(sites),
    trainedParameters: arena.count,
    training: { ...(about.steps === undefined ? {} : { steps: about.steps }), ...about.training },
  };
  const taskType = taskTypeOf(base);
  const isModel = adapters.every(({ update }) => update.replaces);
  const written = isModel
    ? writeModel(model, lane, folder)
    : writePeft(sites, baseFacts(base, about.base), folder, about);
  writeWhole(path.join(folder, 'README.md'), modelCard({ notes, taskType, method: about.method, ...written }));
  return {
    folder,
    format: isModel ? 'model' : 'peft',
    peftType: written.peftType,
    files: [...written.files, 'README.md', writeNotes(folder, notes)],
    trainedParameters: arena.count,
  };
}

interface Written {
  readonly peftType: string | null;
  readonly files: readonly string[];
}

function writeModel(model: Model, lane: number, folder: string): Written {
  const merged = mergedBase(model, lane);
  try {
    saveModel(merged, folder);
  } finally {
    merged.dispose();
  }
  return { peftType: null, files: ['config.json', 'model.safetensors'] };
}

function writePeft(sites: readonly TrainedSite[], facts: BaseFacts, folder: string, { steps }: AboutAdapter): Written {
  const { configuration, tensors } = peftAdapter(sites, facts, steps ?? null);
  const files = ['adapter_config.json', 'adapter_model.safetensors'] as const;
  writeSafetensors(path.join(folder, files[1]), tensors, { format: 'pt' });
  writeWhole(path.join(folder, files[0]), configurationText(configuration));
  return { files, peftType: configuration.peft_type as string };
}

function baseFacts(base: Base, name: string): BaseFacts {
  return { name, sites: storedSites(base), taskType: taskTypeOf(base), frozen: (site) => frozenTensor(base, site) };
}

/** PEFT's word for what a network does, where it has one. */
const taskTypes: { readonly [Task in ReturnType<typeof taskOf>]: string | null } = {
  'causal-lm': 'CAUSAL_LM',
  'sequence-classification': 'SEQ_CLS',
  feature: 'FEATURE_EXTRACTION',
  'masked-lm': null,
  'image-classification': null,
};

const taskTypeOf = ({ architecture }: Base): string | null => taskTypes[taskOf(architecture)];
