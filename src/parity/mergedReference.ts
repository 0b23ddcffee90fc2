import type { AdaptedSite } from '../adapters/adaptedSite.ts';
import type { RecordedRun } from './runCase.ts';

/**
 * The recorded logits that our merge should come to: those of PEFT's merge, but of the trained model where PEFT's merge is another.
 * That is so where one of a tied pair of embedding and head is changed, which PEFT's merge changes in both, and where saving lost
 * something (values of AdaLoRA that had revived since the last mask). Of a 4-bit base, the merge that was not rounded to 4 bits again.
 * Undefined where no merge was recorded. `tied`: the names of the pair.
 */
export function mergedReference(
  sites: readonly Pick<AdaptedSite, 'name'>[],
  { run, expected }: RecordedRun,
  tied: readonly string[],
  has: (key: string) => boolean,
): string | undefined {
  const isShared = sites.some(({ name }) => tied.includes(name));
  const isLost = (expected.reloadMaxAbsDiff ?? 0) > run.tolerance.logitsFinal;
  if (isShared || isLost) return ['logits_merged_untied', 'logits_final'].find(has);
  return ['logits_merged_dequantised', 'logits_merged'].find(has);
}
