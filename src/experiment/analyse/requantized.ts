/**
 * What rounding a merged kernel again costs. Of runs on a base that is held in codes, W what the codes stand for, the target's loss with
 * the kernels merged, W + ΔW,
 *
 *   merged     as numbers, as merging leaves them here (train/merge.ts)
 *   rounded    as codes of the base's own format once more, as PEFT's merge into a base in 4 bits leaves them
 *
 * Kernels without an adapter stay as they are in both.
 */
import { float32 } from '../../adapters/storage/float32.ts';
import { storageOf } from '../../adapters/storage/index.ts';
import type { Storage } from '../../adapters/types.ts';
import { denseChange } from '../../analysis/change.ts';
import { keptChange } from '../../analysis/keptChange.ts';
import { openArtefact } from '../../checkpoint/artefact.ts';
import type { Requantized } from '../../results/analysis.ts';
import type { Json } from '../../results/json.ts';
import { type Frozen, float32Kernel } from '../../tensor/frozen.ts';
import { transposed } from '../../tensor/transposed.ts';
import type { Base } from '../../train/base.ts';
import { createModel } from '../../train/model.ts';
import { scoreSequences } from '../../train/sequenceScores.ts';
import type { Experiment } from '../define.ts';
import { type Material, openMaterial } from '../material.ts';
import { variantNamed } from '../variant.ts';
import { type Kernels, storageSpec } from './kernels.ts';
import type { KeptRun, KeptVariant } from './keptRuns.ts';
import { finite } from './significant.ts';

type Losses = Requantized['merged'];

/** Nats by which a merged network may score another loss than the run did: no merge of its own is as far off. */
const tolerance = 1e-3;

/** Whether a base is in codes, so that merging can round again; by the spec of its storage. */
export const isRounding = (storage: Json | undefined): boolean =>
  storage !== undefined && (storage as { readonly type: string }).type !== float32().spec.type;

/**
 * By the hash of the run's plan. `experiment`: the one that made the runs. Variants that changed more than packed kernels, or whose kept
 * files are not all that they changed, are left out, and `say` hears it.
 */
export async function requantizedLosses(
  variants: readonly KeptVariant[],
  experiment: Experiment,
  kernels: Kernels,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, Requantized>> {
  const found = new Map<string, Requantized>();
  for (const kept of variants.filter(({ runs: [run] }) => isRounding(run!.record.plan.recipe.storage))) {
    say(`${kept.variant}: merged, and rounded again`);
    const material = openMaterial(experiment, () => {}, variantNamed(experiment, kept.variant));
    try {
      for (const run of kept.runs) {
        const losses = await lossesOf(run, material, kernels);
        if (losses === null) {
          say(`${kept.variant}: left out, as its kernels alone are not what its runs have come to`);
          break;
        }
        found.set(run.record.plan.hash, losses);
      }
    } finally {
      material.dispose();
    }
  }
  return found;
}

async function lossesOf({ record, end }: KeptRun, material: Material, kernels: Kernels): Promise<Requantized | null> {
  const storage = storageOf(storageSpec(record));
  const base = material.base(storage);
  const changed = mergedKernels(end, base, (site) => kernels.of(record, site).values);
  if (changed === null) return null;
  const merged = await lossesWith(base, changed, unrounded, material);
  if (Math.abs(merged.test - record.final.learn.test.lossNats) > tolerance) return null;
  return { merged, rounded: await lossesWith(base, changed, storage, material) };
}

/** W + ΔW of every kept site [in, out]; null where one of them is no kernel that the base packs. */
function mergedKernels(
  file: string,
  { sites }: Base,
  kernelOf: (site: string) => ArrayLike<number>,
): ReadonlyMap<string, Float32Array> | null {
  const artefact = openArtefact(file);
  const packed = new Set(sites.filter(({ held }) => held === 'packed').map(({ name }) => name));
  try {
    if (artefact.sites.some(({ name }) => !packed.has(name))) return null;
    return new Map(
      artefact.sites.map(({ name }) => {
        const kernel = kernelOf(name);
        const change = denseChange(keptChange(artefact, name, kernel));
        return [name, Float32Array.from(change, (value, at) => value + kernel[at]!)];
      }),
    );
  } finally {
    artefact.close();
  }
}

const unrounded: Pick<Storage, 'pack'> = { pack: float32Kernel };

async function lossesWith(
  base: Base,
  changed: ReadonlyMap<string, Float32Array>,
  storage: Pick<Storage, 'pack'>,
  { learn }: Material,
): Promise<Losses> {
  const made = new Map<string, Frozen>();
  for (const { name, shape, order } of base.sites) {
    const values = changed.get(name);
    const [inputs, outputs] = shape;
    if (!values) continue;
    const kernel =
      order === 'inOut'
        ? storage.pack(values, shape, order)
        : storage.pack(transposed(values, inputs, outputs), [outputs, inputs], order);
    made.set(name, kernel);
  }
  const kernel = (name: string): Frozen => made.get(name) ?? base.weights.kernel(name);
  const model = createModel({ ...base, weights: { ...base.weights, kernel } }, { seeds: [0], methodFor: () => null });
  try {
    const lossNats = async ({ sequences }: Material['learn']['test']): Promise<number> => {
      const [scores] = await scoreSequences(model, sequences);
      return finite(sum(scores!.nats) / sum(scores!.tokens));
    };
    return { validation: await lossNats(learn.validation), test: await lossNats(learn.test) };
  } finally {
    model.dispose();
    for (const held of made.values()) held.dispose();
  }
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
