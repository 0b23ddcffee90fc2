/** What each storage of the variants loses of the base, layer by layer. */
import type { Spec } from '../../adapters/json.ts';
import { storageOf } from '../../adapters/storage/index.ts';
import type { Checkpoint } from '../../checkpoint/folder.ts';
import type { StorageError } from '../../results/analysis.ts';
import { quantizationReport } from '../../train/quantizationReport.ts';
import type { OpenBases } from './bases.ts';
import { storageSpec } from './kernels.ts';
import type { KeptVariant } from './keptRuns.ts';
import { finite } from './significant.ts';

/** The engine must run. One for every pair of a base and a storage that rounds. */
export function storageErrors(variants: readonly KeptVariant[], bases: OpenBases): StorageError[] {
  const found = new Map<
    string,
    { readonly checkpoint: Checkpoint; readonly spec: Spec; readonly variants: string[] }
  >();
  for (const { variant, runs } of variants) {
    const { record } = runs[0]!;
    const spec = storageSpec(record);
    const checkpoint = bases.checkpointOf(record);
    const isSavedInCodes = checkpoint.names().some((tensor) => checkpoint.isQuantized(tensor)); // what was lost before cannot be told
    if (isSavedInCodes) continue;
    const key = `${record.derived.baseHash} ${JSON.stringify(spec)}`;
    const known = found.get(key);
    if (known) known.variants.push(variant);
    else found.set(key, { checkpoint, spec, variants: [variant] });
  }
  return [...found.values()].flatMap(({ checkpoint, spec, variants: own }) => {
    const { layers, rootMeanSquare, bitsPerParameter } = quantizationReport(checkpoint, storageOf(spec));
    if (rootMeanSquare === 0) return []; // held as it is
    return {
      storage: { ...spec },
      variants: own,
      sites: layers.map(({ site }) => site),
      relative: layers.map(({ relative }) => finite(relative)),
      bitsPerParameter: finite(bitsPerParameter),
    };
  });
}
