/**
 * What one run has trained, as a file: the change of every adapted place, ΔW = W′ − W, in one of these forms (matrices row-major).
 *
 *   factors    <site>.down [in, r], <site>.up [r, out]                              ΔW = down · up
 *   triplets   <site>.down [in, r], <site>.singular [r], <site>.up [r, out]         ΔW = down · diag(singular) · up
 *   dense      <site>.delta [in, out]                                               ΔW
 *
 * Scales are in `up` and in `singular`. With <site>.magnitude [out], what stands there is ΔV of DoRA:   W + ΔW = (W + ΔV) ∘ m /
 * ‖W + ΔV‖ per output. W is the kernel as the run's base holds it, in whatever storage. A bias that an update adds is not here.
 */
import { RequestError } from '../errors.ts';
import { openSafetensors } from './safetensors.ts';
import { writeSafetensors } from './writeSafetensors.ts';

const format = 'adapterlab/artefact/1';

export type ArtefactForm = 'factors' | 'triplets' | 'dense';

export interface ArtefactSite {
  /** As the checkpoint names it. */
  readonly name: string;
  /** linear, conv2d, embedding, vector */
  readonly kind: string;
  /** [in, out]; an embedding is [vocabulary, width], a vector [1, n]. */
  readonly shape: readonly [number, number];
  readonly form: ArtefactForm;
  /** Whether there is a magnitude. */
  readonly hasMagnitude: boolean;
}

export interface ArtefactTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface ArtefactHeader {
  /** The hash of the run's plan. */
  readonly run: string;
  /** Steps done. */
  readonly step: number;
}

/** A site with its tensors by role: down, up, singular, delta, magnitude. */
export interface SiteToKeep extends ArtefactSite {
  readonly tensors: { readonly [role: string]: ArtefactTensor };
}

/** An open file; `close` it when done. */
export interface Artefact extends ArtefactHeader {
  readonly file: string;
  /** In network order. */
  readonly sites: readonly ArtefactSite[];
  /** A RequestError for a tensor that the file lacks. */
  read(site: string, role: string): ArtefactTensor;
  close(): void;
}

/** Writes a whole file or nothing. The same numbers give the same bytes. */
export function writeArtefact(file: string, { run, step }: ArtefactHeader, sites: readonly SiteToKeep[]): void {
  const tensors = new Map(
    sites.flatMap((site) =>
      Object.entries(site.tensors).map(([role, tensor]) => [`${site.name}.${role}`, tensor] as const),
    ),
  );
  const about = sites.map(({ tensors: _, ...site }): ArtefactSite => site);
  writeSafetensors(file, tensors, { format, run, step: String(step), sites: JSON.stringify(about) });
}

/** A file that is missing, cut off or no artefact is a RequestError. */
export function openArtefact(file: string): Artefact {
  const opened = openSafetensors(file);
  const { run, step, sites } = opened.metadata;
  if (opened.metadata.format !== format) {
    opened.close();
    throw new RequestError(
      `${file} is not what a run has kept: its format is ${JSON.stringify(opened.metadata.format) ?? 'missing'}, not "${format}"`,
    );
  }
  return {
    file,
    run,
    step: Number(step),
    sites: JSON.parse(sites) as ArtefactSite[],
    read: (site, role) => opened.read(`${site}.${role}`),
    close: () => opened.close(),
  };
}
