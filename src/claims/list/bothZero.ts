import { type Claim, fromEach } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { fact, type Finding } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';

export const bothZero: Claim = {
  number: 2,
  claim: 'With both factors zero nothing ever moves: the loss stays that of the frozen base.',
  sections: fromEach(['initialization', 'initialization-stories'], standsStill),
};

function standsStill({ records }: WeighedExperiment): Finding[] {
  const runs = records.flatMap((record) =>
    record.status === 'finished' && record.plan.variant === 'zero/zero' ? [record] : [],
  );
  if (runs.length === 0) throw new NotMeasured("no run of 'zero/zero' has finished");
  const isStill = runs.filter(
    ({ gradientsAtStart, history, evaluations }) =>
      Object.values(gradientsAtStart).every((norm) => norm === 0) &&
      history.gradientNorm.every((norm) => norm === 0) &&
      evaluations.every(
        ({ learn, retain }) =>
          learn.lossNats === evaluations[0]!.learn.lossNats && retain.lossNats === evaluations[0]!.retain.lossNats,
      ),
  );
  const steps = Math.min(...runs.map(({ evaluations }) => evaluations.at(-1)?.step ?? 0));
  return [
    fact(
      isStill.length === runs.length,
      `${isStill.length} of ${runs.length} runs with both factors zero have gradients of exactly 0 in all ${steps} steps, and both validation losses unchanged in every digit recorded`,
    ),
  ];
}
