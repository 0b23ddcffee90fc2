import { significant } from '../../report/numberText.ts';
import { mean } from '../../statistics/mean.ts';
import { type Claim, from, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, fact, type Finding } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less, ofRuns } from '../seedValues.ts';

/** In nats: W − s A B, held in float32, and s A B again add up to W but for rounding. */
const rounding = 1e-4;

export const pissaStart: Claim = {
  number: 22,
  claim:
    'PiSSA starts at the base’s loss but falls faster in the first steps, and on an NF4 base what is left to round loses less.',
  sections: [
    ...fromEach(['initialization', 'initialization-stories'], (experiment) => [
      sameStart(experiment),
      fallsFaster(experiment),
    ]),
    from('quantization', (experiment) => [roundsLess(experiment)]),
  ],
};

function sameStart(experiment: WeighedExperiment): Finding {
  const distances = bestOf(experiment, 'PiSSA').runs.flatMap(({ evaluations, before }) => {
    const start = evaluations[0]?.learn.lossNats;
    return start == null ? [] : [Math.abs(start - before.learn.validation.lossNats)];
  });
  if (distances.length === 0) throw new NotMeasured('no run of PiSSA was evaluated at step 0');
  const largest = Math.max(...distances);
  return fact(
    largest <= rounding,
    `validation loss at step 0 lies at most ${significant(largest, 2)} nats from the base’s, in ${distances.length} runs (at most ${rounding} allowed)`,
  );
}

/** At the first evaluation after the start, each at its best rate. */
function fallsFaster(experiment: WeighedExperiment): Finding {
  const [pissa, usual] = [bestOf(experiment, 'PiSSA').runs, bestOf(experiment, 'Kaiming/zero').runs];
  const step = pissa[0]!.evaluations.find((evaluation) => evaluation.step > 0)?.step;
  const at = (runs: typeof pissa): ReturnType<typeof ofRuns> =>
    ofRuns(
      runs,
      ({ evaluations }) => evaluations.find((evaluation) => evaluation.step === step)?.learn.lossNats ?? NaN,
    );
  const differences = less(at(pissa), at(usual)).filter(Number.isFinite);
  return direction(`target validation loss after ${step} steps, PiSSA less the usual start`, differences, 'below');
}

/** Both bases are rounded to NF4; PiSSA’s factors stay in float32 and hold what is largest. The start has no chance in it. */
function roundsLess(experiment: WeighedExperiment): Finding {
  const start = (variant: string): number => {
    const losses = bestOf(experiment, variant).runs.flatMap(({ evaluations }) => evaluations[0]?.retain.lossNats ?? []);
    if (losses.length === 0) throw new NotMeasured(`'${variant}' was not evaluated at step 0`);
    return mean(losses);
  };
  const exact = start('LoRA');
  const [pissa, plain] = [start('PiSSA on NF4') - exact, start('NF4, double') - exact];
  return fact(
    Math.abs(pissa) < Math.abs(plain),
    `rounding moves the source loss at step 0 by ${significant(pissa, 2)} nats with PiSSA and by ${significant(plain, 2)} without`,
  );
}
