import { RequestError } from '../errors.ts';
import { differences } from './difference.ts';
import type { ExperimentPlan, PlannedRun } from './experimentPlan.ts';
import { decidingPart } from './variantInPlan.ts';

/**
 * Joins the plan that a folder holds with the one asked for: variants, rates and seeds may be added. Of the plan that is there, runs
 * that have no record (`hasRecord`) and are asked for no more are dropped, but for those at a rate that a grid was extended by and of
 * which other seeds have records: a rate is run with all seeds. Settings, or the recipe of a variant of the same name, that
 * differ make it another plan: a RequestError that says what differs.
 */
export function mergePlans(
  there: ExperimentPlan,
  here: ExperimentPlan,
  folder: string,
  hasRecord: (hash: string) => boolean,
): ExperimentPlan {
  const shared = Object.keys(here.variants).filter((name) => Object.hasOwn(there.variants, name));
  const known = new Map(there.runs.map((run) => [key(run), run.hash]));
  const differing = [
    ...differences(there.experiment, here.experiment, 'experiment'),
    ...differences(there.settings, here.settings, 'settings'),
    ...shared.flatMap((name) =>
      differences(decidingPart(there.variants[name]), decidingPart(here.variants[name]), `variants.${name}`),
    ),
    ...here.runs.flatMap((run) => differences(known.get(key(run)) ?? run.hash, run.hash, `hash of ${key(run)}`)),
  ];
  if (differing.length > 0) {
    const shown = differing.slice(0, 5).map((line) => `\n  ${line}`);
    const more = differing.length > 5 ? `\n  and ${differing.length - 5} more` : '';
    throw new RequestError(
      `${folder} holds the results of another plan:${shown.join('')}${more}\n` +
        'Choose another folder (--results), or delete this one to start again.',
    );
  }
  const asked = new Map(here.runs.map((run) => [key(run), run]));
  const begun = new Set(there.runs.filter((run) => hasRecord(run.hash)).map(rateOf));
  const kept = there.runs
    .filter((run) => asked.has(key(run)) || hasRecord(run.hash) || (run.round !== undefined && begun.has(rateOf(run))))
    .map((run) => asked.get(key(run)) ?? run);
  const variants = Object.entries(there.variants).filter(([name]) => kept.some(({ variant }) => variant === name));
  const runs = [...kept, ...here.runs.filter((run) => !known.has(key(run)))];
  return { ...here, variants: { ...Object.fromEntries(variants), ...here.variants }, runs };
}

const rateOf = ({ variant, learningRate }: PlannedRun): string => `${variant} at ${learningRate}`;

const key = (run: PlannedRun): string => `${rateOf(run)}, seed ${run.seed}`;
