/** What a method would change of a network and what that would hold, by arithmetic alone: from shapes, without weights. */
import { numbersIn } from '../adapters/outline.ts';
import type { MethodFor } from '../adapters/placement.ts';
import type { Storage } from '../adapters/types.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { type SiteInfo, sitesOf, storedShape } from '../families/sites.ts';
import { type ActivationBytes, activationBytes } from './activations.ts';
import { type InspectedSite, inspectSites, type Outlined, outlinedPlaces } from './inspectedSite.ts';

/** Bytes of one run by holder, activations apart. */
export interface InspectedBytes {
  /** The frozen network, as the storage holds it. */
  readonly base: number;
  /** Trained numbers, float32. */
  readonly adapter: number;
  /** Numbers that a method brings along and that do not train; what sites share counts once. */
  readonly frozenAdapter: number;
  readonly gradients: number;
  /** AdamW's two moments of every trained number. */
  readonly optimizer: number;
}

export interface Inspection {
  readonly sites: readonly InspectedSite[];
  readonly totals: {
    readonly sites: number;
    readonly trainable: number;
    /** Numbers of the base. */
    readonly base: number;
    /** 100 · trainable / all, all being the numbers of the base and those that train beside them, as PEFT prints it. */
    readonly percent: number;
    readonly bytes: InspectedBytes;
    readonly activations: ActivationBytes;
  };
  /** What can be done but is worth a second look. */
  readonly warnings: readonly string[];
}

const float32Bytes = 4;
const adamwMoments = 2;

/** `storage` is asked of the base: all its linear maps but the head are held so, adapted or not. */
export function inspect(architecture: TransformerArchitecture, storage: Storage, methodFor: MethodFor): Inspection {
  const all = sitesOf(architecture);
  const places = outlinedPlaces(all, methodFor);
  const sites = inspectSites(places);
  const base = all.reduce((n, { shape }) => n + shape[0] * shape[1], 0);
  const trainable = sites.reduce((n, { parameters }) => n + parameters, 0);
  const added = places
    .flatMap(({ outlines }) => outlines)
    .reduce((n, { replaces, trained }) => n + (replaces ? 0 : numbersIn(trained)), 0);
  return {
    sites,
    totals: {
      sites: sites.length,
      trainable,
      base,
      percent: (100 * trainable) / (base + added),
      bytes: {
        base: baseBytes(all, architecture.kernelOrder, storage),
        adapter: float32Bytes * trainable,
        frozenAdapter: float32Bytes * frozenNumbers(places),
        gradients: float32Bytes * trainable,
        optimizer: adamwMoments * float32Bytes * trainable,
      },
      activations: activationBytes(architecture, places),
    },
    warnings: [...sites.flatMap(rankWarning), ...places.flatMap((place) => tiedWarning(architecture, place))],
  };
}

/** Linear maps but the head as the storage packs them, the rest in float32; a tied head's table counts once. */
function baseBytes(sites: readonly SiteInfo[], order: TransformerArchitecture['kernelOrder'], storage: Storage): number {
  const packed = (site: SiteInfo): boolean => site.kind === 'linear' && !site.isHead;
  return sites.reduce((n, site) => {
    const [rows, columns] = packed(site) ? storedShape(site, order) : site.shape;
    return n + (packed(site) ? storage.bytes([rows!, columns!]) : float32Bytes * rows! * columns!);
  }, 0);
}

/** A place's own, and what all places share: there equal names and shapes are one tensor. */
function frozenNumbers(places: readonly Outlined[]): number {
  const outlines = places.flatMap((place) => place.outlines);
  const shared = outlines.flatMap((outline) =>
    Object.entries(outline.shared).map(([name, shape]) => [`${name}/${shape.join()}`, shape] as const),
  );
  return outlines.reduce((n, { frozen }) => n + numbersIn(frozen), numbersIn(Object.fromEntries(shared)));
}

function rankWarning({ name, kind, shape, derived: { rank } }: InspectedSite): string[] {
  const most = Math.min(...shape);
  if (kind === 'vector' || rank === undefined || rank <= most) return [];
  return [`${name}: the rank ${rank} is above ${most}, the most that a matrix of its shape can have`];
}

function tiedWarning({ tied, names }: TransformerArchitecture, { place, outlines: [update] }: Outlined): string[] {
  if (!tied || place.name !== names.embedding || update.replaces) return [];
  return [`${place.name}: the head shares its table, and keeps the numbers of the base; merging unties the two`];
}
