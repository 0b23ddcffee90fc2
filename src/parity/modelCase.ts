/**
 * A tiny checkpoint with the outputs that a float32 reader must compute from it: a folder with config.json, expected.safetensors and a
 * case.json that has `task` but no `train`.
 */
import path from 'node:path';
import { Unsupported } from '../errors.ts';
import { families, modelType } from '../families/index.ts';
import type { Kind } from './kind.ts';
import { readJson } from './runCase.ts';

export const modelCase: Kind = {
  kind: 'model',
  find(folder) {
    const isModel = folder.holds('case.json', 'task');
    const isRun = folder.holds('case.json', 'train') === true;
    const seems = isModel === 'unreadable' ? folder.has('expected.safetensors') : isModel && !isRun;
    return seems && folder.has('config.json') ? [folder.path] : [];
  },
  knownTypes: Object.keys(families),
  types(folder) {
    const type = modelType(readJson(path.join(folder, 'config.json')) as object);
    return type ? [type] : [];
  },
  check() {
    throw new Unsupported('checking a model is not there yet');
  },
};
