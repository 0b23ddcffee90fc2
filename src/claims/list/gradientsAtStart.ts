import type { FinishedRun } from '../../results/record.ts';
import { type Claim, from, fromEach } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { direction, fact, type Finding, nats } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { ofRuns, slopes } from '../seedValues.ts';
import { alsoTested } from '../tested.ts';
import { riseAtStart, startArms } from './startArms.ts';

export const gradientsAtStart: Claim = {
  number: 3,
  claim:
    'At step 0, with B zero only B has a gradient, with A zero only A; with both drawn the loss is above the base, and grows with σ.',
  sections: [
    ...fromEach(['initialization', 'initialization-stories'], (experiment) => [
      whichMoves(experiment, ['Kaiming/zero', 'normal/zero'], { zero: 'down', moves: 'up' }),
      whichMoves(experiment, ['zero/normal'], { zero: 'up', moves: 'down' }),
      direction(
        'both drawn: source validation loss at step 0 less that of a start with B = 0',
        sourceAtStart(experiment, 'normal/normal', 'Kaiming/zero'),
        'above',
      ),
    ]),
    from('start-variance', growsWithSigma),
    alsoTested('the gradients of every arm at step 0', [
      { file: 'test/adapters/init/arms.test.ts', title: 'gradients at step 0' },
    ]),
  ],
};

/** Roles: A is `down`, B is `up`. */
function whichMoves(
  { records }: WeighedExperiment,
  arms: readonly string[],
  { zero, moves }: { zero: string; moves: string },
): Finding {
  const runs = finished(records, arms);
  const right = runs.filter(
    ({ gradientsAtStart: norms }) => norms[zero] === 0 && norms[moves] != null && norms[moves] > 0,
  );
  const letter = { down: 'A', up: 'B' };
  const [still, moving] = [letter[zero as 'down'], letter[moves as 'up']];
  return fact(
    right.length === runs.length,
    `with ${moving} zero (${arms.join(', ')}) ${right.length} of ${runs.length} runs have ∂L/∂${still} = 0 exactly and ∂L/∂${moving} ≠ 0 at step 0`,
  );
}

function finished(records: WeighedExperiment['records'], arms: readonly string[]): FinishedRun[] {
  const runs = records.flatMap((record) =>
    record.status === 'finished' && arms.includes(record.plan.variant) ? [record] : [],
  );
  if (runs.length === 0) throw new NotMeasured(`no run of ${arms.join(' or ')} has finished`);
  return runs;
}

/** By seed, of the lowest rate: the start does not depend on it. */
function sourceAtStart({ records }: WeighedExperiment, arm: string, other: string): number[] {
  const starts = (of: string): ReturnType<typeof ofRuns> => {
    const runs = finished(records, [of]);
    const rate = Math.min(...runs.map(({ plan }) => plan.learningRate));
    return ofRuns(
      runs.filter(({ plan }) => plan.learningRate === rate),
      ({ evaluations }) => evaluations[0]?.retain.lossNats ?? NaN,
    );
  };
  const [a, b] = [starts(arm), starts(other)];
  return a.flatMap(({ seed, value }) => {
    const same = b.find((one) => one.seed === seed);
    return same && Number.isFinite(value - same.value) ? [value - same.value] : [];
  });
}

/** Over all widths and ranks: the slope of the loss at step 0 against log₁₀ σ. */
function growsWithSigma(experiment: WeighedExperiment): Finding[] {
  const arms = startArms(experiment);
  const sigmas = arms.map(({ sigma }) => Math.log10(sigma));
  return [
    direction(
      'rise of the source loss at step 0 for ten times the σ, over all widths and ranks',
      slopes(sigmas, arms.map(riseAtStart)),
      'above',
      nats,
    ),
  ];
}
