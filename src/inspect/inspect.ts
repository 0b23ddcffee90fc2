/** What a method would change of a network and what that would hold, by arithmetic alone: from shapes, without weights. */
import { numbersIn } from '../adapters/outline.ts';
import { methodOf } from '../adapters/compose.ts';
import { full } from '../adapters/methods/full.ts';
import type { MethodFor } from '../adapters/placement.ts';
import type { Storage } from '../adapters/types.ts';
import type { Architecture, TransformerArchitecture } from '../families/architecture.ts';
import { textArchitecture } from '../families/index.ts';
import { type SiteInfo, sitesOf } from '../families/sites.ts';
import { activationNumbers, type Writing } from './activations.ts';
import type { ActivationNumbers } from './countedBlock.ts';
import { type InspectedSite, inspectSites, type Outlined, outlinedPlaces } from './inspectedSite.ts';
import { activationBytes, type HeldBytes, heldBytes, totalOf, type Training } from './memory.ts';
import { peftLine } from './peftLine.ts';
import { type Precision, precisions } from './precision.ts';
import { warningsOf } from './warnings.ts';

/** Of one run. */
export interface Memory {
  readonly trainable: number;
  readonly bytes: HeldBytes;
  readonly totalBytes: number;
  /**
   * What is saved of it, the file's header apart: the adapter with what it brings along, or the whole network where nothing but whole
   * tensors train.
   */
  readonly checkpointBytes: number;
}

export interface Inspection {
  readonly sites: readonly InspectedSite[];
  readonly totals: Memory & {
    readonly sites: number;
    /** Numbers of the base. */
    readonly base: number;
    /** 100 · trainable / all, all being the numbers of the base and those that train beside them. */
    readonly percent: number;
    /** Bytes for each token of a batch, for each token and position of its sequence, and for each sequence. */
    readonly activations: ActivationNumbers;
    /** Bytes of the activations in each writing of the blocks. */
    readonly activationBytes: Readonly<Record<Writing, number>>;
  };
  readonly training: Training;
  /** The same batch and optimizer when every number of the base trains, in place: the base is then what trains. */
  readonly fullFineTuning: Memory;
  /** As PEFT prints it. */
  readonly peft: string;
  /** What can be done but is worth a second look. */
  readonly warnings: readonly string[];
}

/**
 * `storage` is asked of the base: all its linear maps but the head are held so, adapted or not. `given`: one sequence as long as the
 * model allows, AdamW, float32 and the portable operations unless it says otherwise.
 */
export function inspect(
  network: Architecture,
  storage: Storage,
  methodFor: MethodFor,
  given: Partial<Training> = {},
): Inspection {
  const architecture = textArchitecture(network);
  const training: Training = {
    batch: 1,
    sequence: architecture.maxLength,
    optimizer: 'adamw',
    precision: precisions.float32!,
    writing: 'portable',
    ...given,
  };
  const { precision } = training;
  const all = sitesOf(architecture);
  const places = outlinedPlaces(all, methodFor);
  const sites = inspectSites(places, precision.adapter);
  const base = all.reduce((n, { shape }) => n + shape[0] * shape[1], 0);
  const outlines = places.flatMap((place) => place.outlines);
  const jointly = sharedNumbers(outlines, 'sharedTrained');
  const trained = sites.reduce((n, { parameters }) => n + parameters, jointly);
  const added = outlines.reduce((n, { replaces, trained: own }) => n + (replaces ? 0 : numbersIn(own)), 0);
  const shared = sharedNumbers(outlines, 'shared');
  const own = outlines.reduce((n, { frozen }) => n + numbersIn(frozen), 0);
  const kept = (writing: Writing): ActivationNumbers => activationNumbers(architecture, places, writing);
  const activations = kept(training.writing);
  const counts = {
    base: baseBytes(all, storage, precision),
    trained,
    frozen: own + shared,
    activations,
  };
  const isWhole = places.every(({ outlines: [update] }) => update.replaces);
  return {
    sites,
    totals: {
      sites: sites.length,
      base,
      percent: (100 * trained) / (base + added),
      ...memory(counts, training, isWhole ? base : trained + own + shared),
      activations: {
        perToken: precision.activations * activations.perToken,
        perPosition: precision.activations * activations.perPosition,
        perSequence: precision.activations * activations.perSequence,
      },
      activationBytes: {
        portable: activationBytes(kept('portable'), training),
        kernels: activationBytes(kept('kernels'), training),
      },
    },
    training,
    fullFineTuning: fullFineTuning(architecture, all, training),
    peft: peftLine(base, trained, places),
    warnings: warningsOf(architecture, places, training),
  };
}

function memory(counts: Parameters<typeof heldBytes>[0], training: Training, saved: number): Memory {
  const bytes = heldBytes(counts, training);
  const checkpointBytes = saved * training.precision.adapter;
  return { trainable: counts.trained, bytes, totalBytes: totalOf(bytes), checkpointBytes };
}

function fullFineTuning(architecture: TransformerArchitecture, sites: readonly SiteInfo[], training: Training): Memory {
  const method = methodOf(full());
  const activations = activationNumbers(
    architecture,
    outlinedPlaces(sites, () => method),
    training.writing,
  );
  const trained = sites.reduce((n, { shape }) => n + shape[0] * shape[1], 0);
  const all = memory({ base: 0, trained, frozen: 0, activations }, training, trained);
  return { ...all, bytes: { ...all.bytes, base: all.bytes.adapter, adapter: 0 } };
}

/** Linear maps but the head as the storage packs them, the rest plain; a tied head's table counts once. */
function baseBytes(sites: readonly SiteInfo[], storage: Storage, { base: plain }: Precision): number {
  const isPacked = ({ held }: SiteInfo): boolean => storage.spec.type !== 'float32' && held === 'packed';
  return sites.reduce((n, site) => {
    const [inputs, outputs] = site.shape;
    return n + (isPacked(site) ? storage.bytes(site.shape) : plain * inputs * outputs);
  }, 0);
}

/** What all places share: there equal names and shapes are one tensor. */
function sharedNumbers(outlines: readonly Outlined['outlines'][0][], which: 'shared' | 'sharedTrained'): number {
  const shared = outlines.flatMap((outline) =>
    Object.entries(outline[which]).map(([name, shape]) => [`${name}/${shape.join()}`, shape] as const),
  );
  return numbersIn(Object.fromEntries(shared));
}
