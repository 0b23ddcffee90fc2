import { RequestError } from '../errors.ts';
import { type ExperimentPlan, planSchemaName } from './experimentPlan.ts';
import { ownSettings, type Settings } from './ownSettings.ts';
import type { RunRecord } from './record.ts';
import type { RunPlan } from './record/plan.ts';

/** Stands where a plan has its command. */
export const unknownCommand = 'not known: the folder has no plan.json';

/**
 * The plan of records that have none beside them: what each says of itself, put together. Settings are those of the first record; a
 * variant has what its own first record has beside them. Which further runs were planned, the factors of a design and whom a variant is
 * compared with stand in no record. Records of several experiments, and two of one variant that were made differently, are a
 * RequestError. `records`: one at least. `folder`: for messages.
 */
export function planOfRecords(records: readonly RunRecord[], folder: string): ExperimentPlan {
  const plans = records.map(({ plan }) => plan);
  const { experiment, question, ...first } = plans[0]!;
  const other = plans.find((plan) => plan.experiment !== experiment);
  if (other)
    throw new RequestError(
      `${folder} holds runs of two experiments, ${experiment} and ${other.experiment}, and no plan.json; give each a folder of its own`,
    );
  const variants = new Map<string, RunPlan>();
  for (const plan of plans) {
    const known = variants.get(plan.variant) ?? plan;
    if (JSON.stringify(madeBy(known)) !== JSON.stringify(madeBy(plan)))
      throw new RequestError(
        `${folder}: the runs ${known.hash} and ${plan.hash} of ${plan.variant} were made by different recipes or settings; give one of them a variant of its own`,
      );
    variants.set(plan.variant, known);
  }
  const settings = settingsOf(first);
  return {
    schema: planSchemaName,
    experiment,
    question,
    command: unknownCommand,
    settings: { ...settings, ...(first.observe && { observe: first.observe }) },
    variants: Object.fromEntries(
      [...variants].map(([name, plan]) => [name, { ...plan.recipe, ...ownSettings(settingsOf(plan), settings) }]),
    ),
    runs: plans.map(({ variant, learningRate, seed, hash, round }) => ({
      variant,
      learningRate,
      seed,
      hash,
      ...(round !== undefined && { round }),
    })),
  };
}

const settingsOf = ({ base, learn, retain, adapt, train }: Settings): Settings => ({
  base,
  learn,
  retain,
  adapt,
  train,
});

const madeBy = (plan: RunPlan): unknown => [plan.recipe, settingsOf(plan)];
