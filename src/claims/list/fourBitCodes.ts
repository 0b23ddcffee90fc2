import type { StorageError } from '../../results/analysis.ts';
import { type Claim, from } from '../claim.ts';
import { analysisOf, bestOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, fact, type Finding, plain, ratio, sitesOf } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';

/** The claim's own: what double quantization may cost of a kernel's norm, and the bits a number that it saves. */
const doubleCost = { margin: 0.001, marginIs: 'the claim’s own' };
const savedBits = 0.373;

export const fourBitCodes: Claim = {
  number: 14,
  claim:
    'NF4 rounds weights less than FP4 and evenly spaced int4, and costs the base less loss; double quantization saves 0.373 bits a weight and loses less than 0.001.',
  sections: [from('quantization', rounding), from('quantization', lossOfBase)],
};

/** Over the linear maps of the base. */
function rounding(experiment: WeighedExperiment): Finding[] {
  const of = (variant: string): StorageError => {
    const found = analysisOf(experiment).quantization.find(({ variants }) => variants.includes(variant));
    if (!found) throw new NotMeasured(`the analysis has no rounding error of '${variant}'`);
    return found;
  };
  const [nf4, double] = [of('NF4'), of('NF4, double')];
  const over = (other: string): number[] =>
    of(other).relative.map((relative, index) => Math.log(nf4.relative[index]! / relative));
  const saved = nf4.bitsPerParameter - double.bitsPerParameter;
  return [
    direction('rounding error of a kernel, NF4 over FP4', over('FP4'), 'below', sitesOf(ratio)),
    direction('rounding error of a kernel, NF4 over int4', over('int4'), 'below', sitesOf(ratio)),
    closeness(
      'relative rounding error, with double quantization less without',
      double.relative.map((relative, index) => relative - nf4.relative[index]!),
      doubleCost,
      { side: 'above', unit: sitesOf(plain) },
    ),
    fact(
      Math.abs(saved - savedBits) < 0.005,
      `double quantization saves ${saved.toFixed(3)} bits a weight (to be ${savedBits} within 0.005)`,
    ),
  ];
}

/** The rounded base without any adapter, on the source's test texts: one number for each storage, without chance. */
function lossOfBase(experiment: WeighedExperiment): Finding[] {
  const rise = (variant: string): number =>
    bestOf(experiment, variant).base.retainLossNats - bestOf(experiment, 'LoRA').base.retainLossNats;
  const [nf4, fp4, int4] = ['NF4', 'FP4', 'int4'].map(rise) as [number, number, number];
  return [
    fact(
      nf4 < fp4 && nf4 < int4,
      `rounding raises the base’s test loss on the source by ${nf4.toFixed(4)} nats in NF4, ${fp4.toFixed(4)} in FP4 and ${int4.toFixed(4)} in int4 (one base, so no interval)`,
    ),
  ];
}
