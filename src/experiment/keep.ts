/** What an experiment keeps of its runs beside the records: what was trained, as files that are not meant to be committed. */
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { shown } from '../optionNames.ts';
import { recordFileName } from '../results/store.ts';
import type { RunPlan } from '../results/record/plan.ts';
import { saveArtefact } from '../train/saveArtefact.ts';
import type { Run } from '../train/trainer.ts';
import type { Group } from './groups.ts';

/** 'adapters': at the end of a run. 'trajectory': at every evaluation, the start and the end among them. */
export type Keep = 'nothing' | 'adapters' | 'trajectory';

export function keepOf(given: Keep | undefined): Keep {
  if (given === undefined) return 'nothing';
  if (given === 'adapters' || given === 'trajectory') return given;
  throw new RequestError(`keep must be 'adapters' or 'trajectory', not ${shown(given)}; leave it out to keep nothing`);
}

/** Where it lies: `<record's name>.safetensors`, along a trajectory `<record's name>-<step>.safetensors`. */
export function artefactFile(folder: string, plan: RunPlan, step: number | null): string {
  const name = recordFileName(plan).replace(/\.json$/, '');
  return path.join(folder, 'artefacts', `${name}${step === null ? '' : `-${step}`}.safetensors`);
}

/** Writes what is due after an evaluation, of every run that is alive; those that diverged stand still and have nothing new. */
export function keepRuns(keep: Keep, folder: string, { runs }: Group, { model, step, plan, alive }: Run): void {
  if (keep === 'nothing' || (keep === 'adapters' && step !== plan.steps)) return;
  runs.forEach((planned, lane) => {
    if (!alive[lane]) return;
    const file = artefactFile(folder, planned, keep === 'trajectory' ? step : null);
    saveArtefact(model, lane, file, { run: planned.hash, step });
  });
}
