/** The kernels that runs have changed, as their bases hold them, decomposed once for all runs that share them. */
import type { Spec } from '../../adapters/json.ts';
import { storageOf } from '../../adapters/storage/index.ts';
import { type Kernel, kernelToCompare } from '../../analysis/changeOfKernel.ts';
import { openArtefact } from '../../checkpoint/artefact.ts';
import type { FinishedRun } from '../../results/record.ts';
import { loadBase } from '../../train/base.ts';
import { kernelNumbers } from '../../train/kernelNumbers.ts';
import type { OpenBases } from './bases.ts';
import type { KeptVariant } from './keptRuns.ts';

export interface Kernels {
  /** All that any run changed, in network order; of several widths, all of one place together. */
  readonly sites: readonly KernelSite[];
  of(run: FinishedRun, site: string): Kernel;
}

export interface KernelSite {
  readonly name: string;
  /** [in, out] */
  readonly shape: readonly [number, number];
}

/** Bases of several widths have sites of the same name: a site is the same where its kernel is as large, too. */
export const siteKey = ({ name, shape }: KernelSite): string => `${name} ${shape.join(' ')}`;

/** Kinds of places whose weights are the matrix of a map. */
const mapKinds: readonly string[] = ['linear', 'conv2d'];

/** Of the sites that a run kept, those that are kernels of maps. */
export function keptKernels(file: string): KernelSite[] {
  const artefact = openArtefact(file);
  artefact.close();
  return artefact.sites.filter(({ kind }) => mapKinds.includes(kind)).map(({ name, shape }) => ({ name, shape }));
}

export const storageSpec = ({ plan }: FinishedRun): Spec => plan.recipe.storage as unknown as Spec;

/** The engine must run. */
export function readKernels(variants: readonly KeptVariant[], bases: OpenBases): Kernels {
  const known = new Map<string, Map<string, Kernel>>();
  const order = new Map<string, KernelSite & { readonly place: number }>();
  const keyOf = (run: FinishedRun): string => `${run.derived.baseHash} ${JSON.stringify(storageSpec(run))}`;
  const asked = variants.map(({ runs: [run] }) => ({ run: run!.record, sites: keptKernels(run!.end) }));
  for (const key of new Set(asked.map(({ run }) => keyOf(run)))) {
    const own = asked.filter(({ run }) => keyOf(run) === key);
    const { run } = own[0]!;
    const wanted = new Set(own.flatMap(({ sites }) => sites.map(({ name }) => name)));
    const base = loadBase(bases.checkpointOf(run), storageOf(storageSpec(run)));
    const kernels = new Map<string, Kernel>();
    base.sites.forEach(({ name, shape }, place) => {
      if (!wanted.has(name)) return;
      kernels.set(name, kernelToCompare(kernelNumbers(base, name), shape));
      const site = { name, shape };
      if (!order.has(siteKey(site))) order.set(siteKey(site), { ...site, place });
    });
    base.dispose();
    known.set(key, kernels);
  }
  return {
    sites: [...order.values()].sort((a, b) => a.place - b.place),
    of(run, site) {
      const kernel = known.get(keyOf(run))?.get(site);
      if (!kernel) throw new Error(`the base of ${run.plan.variant} has no kernel ${site}`);
      return kernel;
    },
  };
}
