/** A model folder as far as shapes go: its config.json, and the headers of its weights where it has any. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { architectureOf } from '../families/index.ts';
import { checkStored, sitesOf } from '../families/sites.ts';
import { storedName } from '../families/storedName.ts';

export interface ModelShape {
  readonly name: string;
  readonly architecture: TransformerArchitecture;
  /** 'checked': every tensor is there in the shape that config.json says. 'absent': there is a config.json alone. */
  readonly weights: 'checked' | 'absent';
}

/** A folder, or a config.json by itself. Reads no weights. Throws a RequestError for what is missing, broken or does not fit. */
export function readModelShape(given: string): ModelShape {
  const isFile = statSync(given, { throwIfNoEntry: false })?.isFile() ?? false;
  const config = isFile ? given : path.join(given, 'config.json');
  const folder = path.dirname(config);
  const hasWeights = !isFile && existsSync(folder) && readdirSync(folder).some((name) => weightFile.test(name));
  if (isFile || (existsSync(config) && !hasWeights)) {
    const architecture = architectureOf(readJsonObject(config).value);
    return { name: path.basename(path.resolve(folder)), architecture, weights: 'absent' };
  }
  return checkpointShape(openCheckpoint(folder));
}

const weightFile = /\.safetensors(\.index\.json)?$/;

/** Closes the checkpoint. */
export function checkpointShape(checkpoint: Checkpoint): ModelShape {
  try {
    const architecture = architectureOf(checkpoint.config);
    for (const site of sitesOf(architecture))
      checkStored(site, architecture.kernelOrder, checkpoint.shape(storedName(site.tensor, architecture, checkpoint)));
    return { name: path.basename(path.resolve(checkpoint.folder)), architecture, weights: 'checked' };
  } finally {
    checkpoint.close();
  }
}
