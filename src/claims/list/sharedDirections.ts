import { compared, type SimilarityBaseline, type SimilarityPair } from '../../results/analysis.ts';
import { type Claim, from } from '../claim.ts';
import { analysisOf, type WeighedExperiment } from '../evidence.ts';
import { fact, type Finding } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { armsOfRule } from './rankRules.ts';

const rule = 'α ∝ r';
const [low, high] = [8, 64];

export const sharedDirections: Claim = {
  number: 19,
  claim:
    'The first one or two singular directions of ΔW are shared between a low and a high rank, far above chance, the rest are not; two seeds share few.',
  sections: [from('rank-sweep', shared)],
};

/** φ(i, i) beside the bounds that random directions keep; the mean over seeds and sites is one number, judged by these bounds. */
function shared(experiment: WeighedExperiment): Finding[] {
  const { similarity } = analysisOf(experiment);
  const pairOf = (a: string, b: string): SimilarityPair => {
    const pair = similarity.pairs.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));
    if (!pair) throw new NotMeasured(`the analysis has no similarity of '${a}' and '${b}'`);
    return pair;
  };
  const [one, other] = twoRanks(experiment);
  const between = pairOf(one, other);
  const seeds = pairOf(one, one);
  const [first, two, eight] = [1, 2, 8].map((count) => compared.indexOf(count)) as [number, number, number];
  return [
    above(`φ(1, 1) between ${one} and ${other}`, between, similarity.baselines, first),
    above(`φ(2, 2) between ${one} and ${other}`, between, similarity.baselines, two),
    rest(`φ(8, 8) between ${one} and ${other}`, between, similarity.baselines, { few: first, all: eight }),
    fewer(one, { between, seeds }, eight),
  ];
}

/** Rank 8 and the highest rank up to 64: beyond, a small kernel has few directions that are left out. */
function twoRanks(experiment: WeighedExperiment): [string, string] {
  const arms = armsOfRule(experiment, rule);
  const [one, other] = [arms.find(({ rank }) => rank === low), arms.findLast(({ rank }) => rank <= high)];
  if (!one || !other || other.rank <= low) throw new NotMeasured(`no rank ${low} beside a higher one`);
  return [one.variant, other.variant];
}

const phi = (pair: SimilarityPair, index: number): number => {
  const value = pair.output[index]?.[index];
  if (value == null) throw new NotMeasured('a similarity has too few directions');
  return value;
};

const chance = (pair: SimilarityPair, baselines: readonly SimilarityBaseline[], index: number): number =>
  baselines[pair.baseline]?.output.high[index]?.[index] ?? 1;

function above(what: string, pair: SimilarityPair, baselines: readonly SimilarityBaseline[], index: number): Finding {
  const [value, bound] = [phi(pair, index), chance(pair, baselines, index)];
  return fact(
    value > bound,
    `${what} of outputs is ${value.toFixed(3)}, where chance gives at most ${bound.toFixed(3)}`,
  );
}

/** Directions 2 to 8 share less of one another than the first: what is beyond the first is φ(8, 8) without it. */
function rest(
  what: string,
  pair: SimilarityPair,
  baselines: readonly SimilarityBaseline[],
  { few, all }: { few: number; all: number },
): Finding {
  const [first, whole, bound] = [phi(pair, few), phi(pair, all), chance(pair, baselines, all)];
  const count = compared[all]!;
  const beyond = (count * whole - first) / (count - 1);
  return fact(
    beyond <= bound,
    `${what} is ${whole.toFixed(3)}; without the first direction ${beyond.toFixed(3)}, where chance gives at most ${bound.toFixed(3)}`,
  );
}

function fewer(
  variant: string,
  { between, seeds }: { between: SimilarityPair; seeds: SimilarityPair },
  index: number,
): Finding {
  const [ofSeeds, ofRanks] = [phi(seeds, index), phi(between, index)];
  return fact(
    ofSeeds < ofRanks,
    `φ(8, 8) between two seeds of ${variant} is ${ofSeeds.toFixed(3)}, between the two ranks of one seed ${ofRanks.toFixed(3)}`,
  );
}
