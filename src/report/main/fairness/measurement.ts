import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, nameOf, someOf } from './across.ts';

export function penaltyPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const penalized = experiments
    .flatMap(({ content }) => content.records)
    .filter(({ history }) => history.penalty !== undefined);
  return {
    danger: "A method's penalty inside the loss that is reported.",
    remedy: 'Losses are of the task alone, in nats per predicted token; a penalty is recorded in a column of its own.',
    figures: [
      penalized.length === 0
        ? 'no run here has a penalty'
        : `${counted(penalized.length, 'run')} with a penalty, all with it apart`,
    ],
  };
}

export function nothingLearntPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const all = chosen(experiments);
  const still = all.filter(({ best }) => best.learn.lossNats.mean >= best.base.learnLossNats);
  return {
    danger: 'Something that did not train, compared as if it had.',
    remedy:
      'The base is scored before any adapter is put on it, and the gradient of every part at step 0 is recorded and drawn.',
    figures: [
      still.length === 0
        ? `all ${counted(all.length, 'variant')} end with a lower test loss on the target than their base`
        : `no lower test loss on the target than the base: ${someOf(still.map(nameOf))}`,
    ],
  };
}
