/** How the two factors of a low-rank update start: each by itself, or both together. */
import tf from '@tensorflow/tfjs';
import type { Start } from '../../tensor/arena.ts';
import type { Stream } from '../../tensor/random.ts';
import { readOnce } from '../../tensor/readOnce.ts';
import type { Described, Spec } from '../json.ts';
import type { Site, SiteContext } from '../types.ts';
import { kaimingZero } from './arms.ts';
import { gaussian } from './gaussian.ts';
import type { Initializer } from './initializer.ts';
import { zero } from './zero.ts';

/** Each factor filled by itself. */
export interface SeparateInit {
  readonly down: Initializer;
  readonly up: Initializer;
  /** Start at the base all the same: W₀ − ΔW₀ takes the place of W₀, as a second, frozen low-rank term. */
  readonly compensated?: boolean;
}

/** What both factors together may depend on. */
export interface FactorPlace {
  /** [in, out] */
  readonly shape: readonly [number, number];
  readonly rank: number;
  readonly scale: number;
  /** W, row-major [in, out]. */
  kernel(): Float32Array;
  random(purpose: string): Stream;
}

/** Both factors from one computation, on linear maps. An embedding starts as it does without. */
export interface JointInit extends Described {
  readonly compensated: boolean;
  /** Whether they are drawn, and so each lane's own; else they follow from the kernel alone. */
  readonly isDrawn: boolean;
  /** Throws a RequestError where there are no such factors. */
  check(place: Pick<FactorPlace, 'shape' | 'rank'>): void;
  /** A [in, rank] and B [rank, out], row-major. */
  factors(place: FactorPlace): { readonly down: Float32Array; readonly up: Float32Array };
}

export type FactorInit = SeparateInit | JointInit;

export const isJoint = (init: FactorInit): init is JointInit => 'factors' in init;

/** PEFT's and loralib's start of an embedding: A zero, B ~ N(0, 1). */
const ofEmbedding: SeparateInit = { down: zero(), up: gaussian({ sigma: 1 }) };

/** The start at a kind of site. An embedding has its own where none was chosen, or one that cannot be meant for it. */
export function initAt(kind: Site['kind'], chosen: FactorInit | undefined): FactorInit {
  if (kind === 'embedding' && (!chosen || isJoint(chosen))) return ofEmbedding;
  return chosen ?? kaimingZero();
}

export function specOf(init: FactorInit): Spec | { down: Spec; up: Spec; compensated: boolean } {
  if (isJoint(init)) return { ...init.spec, compensated: init.compensated };
  return { down: init.down.spec, up: init.up.spec, compensated: init.compensated ?? false };
}

/** The numbers of both factors, lane by lane. */
export function factorStarts(
  init: FactorInit,
  { shape, use }: Site,
  { rank, scale }: { readonly rank: number; readonly scale: number },
  random: SiteContext['random'],
): { readonly down: Start; readonly up: Start } {
  const [inputs, outputs] = shape;
  if (!isJoint(init))
    return {
      down: (lane) => init.down.fill(inputs * rank, inputs, random(lane, 'down')),
      up: (lane) => init.up.fill(rank * outputs, rank, random(lane, 'up')),
    };
  const made = new Map<number, ReturnType<JointInit['factors']>>();
  const of = (lane: number): ReturnType<JointInit['factors']> => {
    const whose = init.isDrawn ? lane : 0;
    const kernel = (): Float32Array => readOnce(() => use((frozen) => tf.clone(frozen)));
    const place = { shape, rank, scale, kernel, random: (purpose: string) => random(whose, purpose) };
    const factors = made.get(whose) ?? init.factors(place);
    made.set(whose, factors);
    return factors;
  };
  return { down: (lane) => of(lane).down, up: (lane) => of(lane).up };
}
