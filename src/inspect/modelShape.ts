/** A model folder as far as shapes go: its config.json, and the headers of its weights where it has any. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts';
import type { Spec } from '../adapters/json.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { inContext } from '../errors.ts';
import { architectureOf, modelType, textArchitecture } from '../families/index.ts';
import { checkStored, sitesOf } from '../families/sites.ts';
import { checkUnread } from '../families/unread.ts';
import { storedName } from '../families/storedName.ts';
import type { QuantizedWeight } from '../checkpoint/quantizedWeights.ts';
import { checkQuantization } from '../train/quantizedBase.ts';
import { type StoredTypes, storedTypes } from './storedTypes.ts';

export interface ModelShape {
  readonly name: string;
  readonly architecture: TransformerArchitecture;
  /** What its family is called. */
  readonly type: string;
  /** 'checked': every tensor is there in the shape that config.json says. 'absent': there is a config.json alone. */
  readonly weights: 'checked' | 'absent';
  /** What the weights' files hold; null where there are none. */
  readonly stored: StoredTypes | null;
  /** How the weights were saved, where that is in codes. */
  readonly savedIn: Spec | null;
}

/** A config.json by itself, or the folder that holds it. Throws a RequestError for one that is missing, broken or not of a known family. */
export function configShape(given: string): ModelShape {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const config = isFolder ? path.join(given, 'config.json') : given;
  const inFile = path.basename(config) === 'config.json' ? path.dirname(path.resolve(config)) : config;
  const name = path.basename(inFile, '.json');
  const { value } = readJsonObject(config);
  const family = inContext(`${path.basename(config) === 'config.json' ? path.dirname(config) : config}: `, () =>
    familyOf(value),
  );
  return { name, ...family, weights: 'absent', stored: null, savedIn: null };
}

/** A checkpoint folder, whose weights are checked by their headers; one without weights, or a config.json, as far as that goes. */
export function folderShape(given: string): ModelShape {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder && existsSync(given)) return configShape(given);
  const hasWeights = isFolder && readdirSync(given).some((name) => weightFile.test(name));
  if (isFolder && !hasWeights && existsSync(path.join(given, 'config.json'))) return configShape(given);
  return checkpointShape(openCheckpoint(given));
}

const weightFile = /\.safetensors(\.index\.json)?$/;

/** Closes the checkpoint. */
export function checkpointShape(checkpoint: Checkpoint): ModelShape {
  const inFolder = <T>(f: () => T): T => inContext(`${checkpoint.folder}: `, f);
  try {
    inFolder(() => checkQuantization(checkpoint.config));
    const { architecture, type } = inFolder(() => familyOf(checkpoint.config));
    let savedIn: Spec | null = null;
    for (const site of sitesOf(architecture)) {
      const tensor = storedName(site.tensor, architecture.names.stored, checkpoint);
      const [inputs, outputs] = site.shape;
      const isSaved = checkpoint.isQuantized(tensor);
      const found = checkpoint.shape(tensor);
      inFolder(() => checkStored(isSaved ? { ...site, stored: [outputs, inputs] } : site, found));
      if (isSaved) savedIn ??= specOf(checkpoint.quantized(tensor)!);
    }
    inFolder(() => checkUnread(architecture, checkpoint));
    const name = path.basename(path.resolve(checkpoint.folder));
    return { name, architecture, type, weights: 'checked', stored: storedTypes(checkpoint.folder), savedIn };
  } finally {
    checkpoint.close();
  }
}

const specOf = ({ kind, blockSize, scales }: QuantizedWeight): Spec => ({
  type: kind,
  blockSize,
  double: !(scales instanceof Float32Array),
});

/** By its config.json. */
export const familyOf = (config: object): Pick<ModelShape, 'architecture' | 'type'> => ({
  architecture: textArchitecture(architectureOf(config)),
  type: modelType(config)!,
});
