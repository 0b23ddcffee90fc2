import type { Experiment } from './define.ts';
import { planExperiment, type Run } from './plan.ts';

/** The runs of an experiment as written, for what needs no results folder. Opens its base, whose hash is a part of theirs. */
export function plannedRuns(experiment: Experiment, name: string): readonly Run[] {
  const base = experiment.base.open();
  try {
    return planExperiment(experiment, base, { experiment: name, command: '' }).runs;
  } finally {
    base.checkpoint.close();
  }
}
