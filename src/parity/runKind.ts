/** A recorded training run: a folder with a case.json that has `train`, or that is no JSON beside the batches of a run. */
import { families } from '../families/index.ts';
import type { Kind } from './kind.ts';
import { replayRun, runModelTypes } from './replayRun.ts';

export const runKind: Kind = {
  kind: 'run',
  find(folder) {
    const isRun = folder.holds('case.json', 'train');
    return (isRun === 'unreadable' ? folder.has('batches.safetensors') : isRun) ? [folder.path] : [];
  },
  knownTypes: Object.keys(families),
  types: runModelTypes,
  check: (folder, { exportTo }) => replayRun(folder, exportTo),
};
