/**
 * Fine-tuning confined to a random subspace, for the intrinsic dimension of a task: arXiv:1804.08838 Eq. 2, arXiv:2012.13255 Eq. 1,
 *
 *   θ = θ₀ + P z,   z [d] trained and the same for all sites, z = 0 at the start;   dz = Pᵀ dθ, summed over the sites.
 *
 * P is random, fixed and isometric (subspace.ts), each lane's drawn from its own seed: one entry a row, as Uni-LoRA has it
 * (arXiv:2506.00799), but with signs and with coordinates dealt evenly. Departure: the first two take a dense Gaussian with normalized
 * columns, or Fastfood, whose columns are orthogonal only on average. The projection is computed on the host.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import type { Arena, Parameter } from '../../tensor/arena.ts';
import { createConstants, outlineOf } from '../outline.ts';
import type { Place, SiteContext, UpdateRule, Whole } from '../types.ts';
import { createSubspace, gathered, spread, type Subspace } from './subspace.ts';
import { wholeKernel } from './whole.ts';

export interface RandomSubspaceOptions {
  /** d; at most as many as there are numbers to move. */
  readonly dimension: number;
}

/** What the sites of a model share. */
interface Shared {
  readonly coordinates: Parameter;
  /** One a lane. */
  readonly subspaces: readonly Subspace[];
  /** z_c / √n_c of each lane, one after the other. */
  scaled(): Float32Array;
  scales(): readonly Float32Array[];
  /** Room for sums over the numbers of a site. */
  readonly sums: Float64Array;
}

const largest = 2 ** 24; // cards are whole numbers in float32

const shapeOf = ({ kind, shape: [inputs, outputs] }: Place): number[] =>
  kind === 'vector' ? [outputs] : [inputs, outputs];

export function randomSubspace({ dimension }: RandomSubspaceOptions): UpdateRule {
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > largest)
    throw new RequestError(`a random subspace has a whole number of dimensions from 1 to ${largest}, not ${dimension}`);
  const byArena = new WeakMap<Arena, Shared>();
  const derived = { dimension };
  return {
    spec: { type: 'randomSubspace', dimension },
    sites: ['linear', 'conv2d', 'embedding', 'vector'],
    targets: 'all',
    starts: { equalToBase: true, mayStayStill: [] },
    outline: (place) =>
      outlineOf({
        sharedTrained: { coordinates: [dimension] },
        frozen: { cards: shapeOf(place) },
        replaces: true,
        derived,
      }),
    create(site, context) {
      const first = byArena.get(context.arena) === undefined;
      const shared = byArena.get(context.arena) ?? createShared(site.name, context, dimension);
      byArena.set(context.arena, shared);
      const { coordinates, subspaces } = shared;
      const [inputs, outputs] = site.shape;
      const dealt = subspaces.map((subspace, lane) => subspace.deal(inputs * outputs, context.random(lane, 'cards')));
      const { cards } = createConstants(site, context, { cards: shapeOf(site) }, { cards: (lane) => dealt[lane]! });
      const read = (): readonly Float32Array[] => rowsOf(cards.value.dataSync<'float32'>(), coordinates.lanes);
      const whole: Whole = {
        size: cards.size,
        lanes: coordinates.lanes,
        get value() {
          const change = new Float32Array(coordinates.lanes * cards.size);
          const scaled = rowsOf(shared.scaled(), coordinates.lanes);
          const rows = rowsOf(change, coordinates.lanes);
          read().forEach((own, lane) => spread(own, scaled[lane]!, rows[lane]!));
          return site.use((kernel): Tensor => tf.add(kernel, tf.tensor(change, cards.value.shape)));
        },
        accumulate(gradient) {
          const all = new Float32Array(coordinates.lanes * dimension);
          const own = rowsOf(gradient.dataSync<'float32'>(), coordinates.lanes);
          const scales = shared.scales();
          const to = rowsOf(all, coordinates.lanes);
          read().forEach((mine, lane) => gathered(mine, own[lane]!, scales[lane]!, to[lane]!, shared.sums));
          coordinates.accumulate(tf.tensor(all, coordinates.value.shape));
        },
      };
      return wholeKernel(site, whole, { parameters: first ? [coordinates] : [], derived });
    },
  };
}

/** z is registered at the first site; how many numbers it moves is known when all sites are there. */
function createShared(site: string, { arena }: SiteContext, dimension: number): Shared {
  const { lanes } = arena;
  const subspaces = Array.from({ length: lanes }, () => createSubspace(dimension));
  let scales: readonly Float32Array[] | null = null;
  let last: { readonly of: Tensor; readonly scaled: Float32Array } | null = null;
  const coordinates = arena.parameter(site, 'coordinates', [dimension], () => {
    const { dealt } = subspaces[0]!;
    if (dimension > dealt)
      throw new RequestError(
        `a random subspace of ${dimension} dimensions is larger than the ${dealt} numbers that it moves; give it fewer`,
      );
    return new Float32Array(dimension);
  });
  const scalesOf = (): readonly Float32Array[] => (scales ??= subspaces.map((subspace) => subspace.scales()));
  return {
    coordinates,
    subspaces,
    scales: scalesOf,
    sums: new Float64Array(dimension),
    scaled() {
      const { value } = coordinates;
      if (last?.of === value) return last.scaled;
      const scaled = value.dataSync<'float32'>().slice();
      rowsOf(scaled, lanes).forEach((own, lane) => {
        const by = scalesOf()[lane]!;
        for (let c = 0; c < dimension; c++) own[c] *= by[c]!;
      });
      last = { of: value, scaled };
      return scaled;
    },
  };
}

const rowsOf = (all: Float32Array, lanes: number): Float32Array[] =>
  Array.from({ length: lanes }, (_, lane) =>
    all.subarray((lane * all.length) / lanes, ((lane + 1) * all.length) / lanes),
  );
