/** Whether an experiment still makes the runs that are analysed: only then are its data those that they were scored on. */
import { RequestError } from '../../errors.ts';
import type { Experiment } from '../define.ts';
import { otherRun } from '../plan.ts';
import { plannedRuns } from '../plannedRuns.ts';
import type { KeptVariant } from './keptRuns.ts';

/** Throws a RequestError that names the first variant that it does not make as it was. `name`: of the experiment's plan. */
export function checkSameRuns(experiment: Experiment, name: string, variants: readonly KeptVariant[]): void {
  const planned = plannedRuns(experiment, name);
  const other = variants.find(({ variant, runs }) => {
    const own = planned.find((run) => run.variant === variant);
    return !own || runs.some(({ record: { plan } }) => otherRun(own, plan).hash !== plan.hash);
  });
  if (other)
    throw new RequestError(
      `the experiment no longer makes the runs of ${other.variant}: restore its file, its data and its base as they were when ${name} was run, or run it again into another folder`,
    );
}
