/** A base with methods on some of its sites: the network, its trained parameters, and what the methods bring along. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { type Adapter, adapt } from '../adapters/adapt.ts';
import type { Control, Group, Method, SiteKind } from '../adapters/types.ts';
import type { Batch } from '../blocks/batch.ts';
import type { Pass } from '../blocks/block.ts';
import type { Score } from '../blocks/head.ts';
import type { KeyValueCache } from '../blocks/keyValueCache.ts';
import { RequestError } from '../errors.ts';
import { languageModel } from '../families/index.ts';
import { network } from '../families/network.ts';
import { weightedPlaces } from '../families/weights.ts';
import { type Arena, createArena, type Parameter, type Role, type Start } from '../tensor/arena.ts';
import { bytesOf, release } from '../tensor/engine.ts';
import { stream } from '../tensor/random.ts';
import type { Base } from './base.ts';
import { batchFor, type LaneBatch, type LaneImages } from './laneBatch.ts';
import { lastRows } from './lastRows.ts';

/** Of a tensor of a site by its role, in the shape that the method gives it. */
export type Initial = (site: string, role: Role, shape: readonly number[]) => Float32Array | null;

export interface ModelOptions {
  /** One a lane: what the lane's parameters are drawn from. */
  readonly seeds: readonly number[];
  /** The method of a site, or null to leave it as it is. */
  readonly methodFor: (name: string, kind: SiteKind, isHead: boolean) => Method | null;
  /** Steps of the run, for methods with a schedule. */
  readonly steps?: number;
  /** Numbers to start with, of trained and of frozen tensors, row-major; null leaves the method's own. */
  readonly initial?: Initial;
  /** Layers are computed again in backward instead of kept: less memory, more time, the same numbers. No unless given. */
  readonly recompute?: boolean;
}

export interface Model {
  readonly base: Base;
  readonly arena: Arena;
  readonly adapters: readonly Adapter[];
  readonly controls: readonly Control[];
  groupOf(parameter: Parameter): Group;
  /** What the network reads of rows of all its lanes; the caller's. `share` scales the loss: 1/parts under gradient accumulation. */
  batch(given: LaneBatch | LaneImages, share?: number): Batch;
  /** Loss of each lane in nats, and gradients at the parameters (added to what is there). */
  lossAndGradients(batch: Batch, mask: Pass['mask']): Float32Array;
  /** [rows, classes], the caller's: a row is a token, of a classifier a sequence. Saves nothing, drops nothing. */
  logits(batch: Batch): Tensor2D;
  /** Probabilities of the tokens in `index` ([n, 2], pairs of row and token) and the likeliest tokens. Saves and drops nothing. */
  score(batch: Batch, index: Tensor2D): Score;
  /**
   * Logits of the token after these, [sequences, vocabulary], the caller's. They follow what the cache holds, which holds them from then
   * on: whole texts where it is empty, else one token of each. `tokens`: of texts of equal length one after the other, those of a lane
   * together; as many for each lane (one text, of one lane, unless given). Of a causal language model.
   */
  next(tokens: readonly number[], cache: KeyValueCache, sequences?: number): Tensor2D;
  /** Rows as they come out of the layers, and one a sequence where the network makes such; the caller's. */
  features(batch: Batch): { hidden: Tensor; pooled: Tensor2D | null };
  /** Bytes that the latest training step kept from forward to backward, over all lanes, each number once; 0 before the first. */
  readonly activationBytes: number;
  /** Share of every adapter's change that is applied: 1 unless set, 0 the base exactly (adapters/strength.ts). Not for training. */
  strength: number;
  dispose(): void;
}

export const noMask: Pass['mask'] = () => null;

export function createModel(
  base: Base,
  { seeds, methodFor, steps = 0, initial, recompute = false }: ModelOptions,
): Model {
  const arena = createArena(seeds.length);
  const adaptation = adapt(initial ? withInitial(arena, initial) : arena, seeds, methodFor);
  const { input, body, head } = network(base.architecture, weightedPlaces(base.weights, adaptation.fit), { recompute });
  const { adapters } = adaptation;
  try {
    arena.start();
  } catch (error) {
    arena.dispose();
    adaptation.dispose();
    throw error;
  }
  const sites = adapters.flatMap((adapter) => adapter.sites);
  const rules = new Set(sites.map(({ method }) => method.control));
  const controls = [...rules].map((rule) =>
    rule.create(
      sites.filter(({ method }) => method.control === rule),
      arena,
      steps,
      (lane, ...names) => stream(seeds[lane]!, 'control', ...names),
    ),
  );
  const owner = new Map(sites.flatMap((site) => site.parameters.map((p) => [p, site] as const)));
  let activationBytes = 0;
  const passOf = (batch: Batch, saves: boolean, wantsInput: boolean, mask = noMask): Pass => ({
    sequences: batch.sequences,
    length: 'pixels' in batch ? 1 : batch.length,
    padding: 'pixels' in batch ? null : batch.padding,
    cache: null,
    saves,
    wantsInput,
    mask,
  });

  const evaluated = <Y>(
    batch: Batch,
    output: (hidden: Tensor2D, pass: Pass) => Y,
    cache: KeyValueCache | null = null,
  ): Y => {
    const pass = { ...passOf(batch, false, false), cache };
    const x = input.forward(batch, pass);
    const hidden = body.forward(x.y, pass);
    const y = output(hidden.y as Tensor2D, pass);
    release(x, hidden);
    return y;
  };

  return {
    base,
    arena,
    adapters,
    controls,
    groupOf(parameter) {
      const { method, kind } = owner.get(parameter)!;
      return method.groups.of(parameter, kind);
    },
    get strength() {
      return adaptation.strength;
    },
    set strength(value) {
      if (!Number.isFinite(value)) throw new RequestError(`the strength of an adapter must be a number, not ${value}`);
      adaptation.strength = value;
    },
    get activationBytes() {
      return activationBytes;
    },
    lossAndGradients(batch, mask) {
      const below = input.trains;
      const reached = below || body.trains;
      const x = input.forward(batch, passOf(batch, below, false));
      const hidden = body.forward(x.y, passOf(batch, reached, below, mask));
      const out = head.forward(hidden.y as Tensor2D, batch, passOf(batch, true, reached, mask));
      release(x.y, hidden.y);
      activationBytes = bytesOf(x.saved, hidden.saved, out.saved);
      const losses = out.y.dataSync() as Float32Array;
      const dHidden = head.backward(batch, out.saved, reached);
      const dx = dHidden && body.backward(dHidden, hidden.saved, below);
      if (dx && below) input.backward(dx, x.saved, false);
      release(out.y, dHidden, dx);
      return losses;
    },
    batch: (given, share) =>
      batchFor(base.architecture, given, { lanes: seeds.length, ...(share === undefined ? {} : { share }) }),
    logits: (batch) => evaluated(batch, (hidden, pass) => head.logits(hidden, batch, pass)),
    score: (batch, index) => evaluated(batch, (hidden, pass) => head.score(hidden, index, batch, pass)),
    next(tokens, cache, sequences = 1) {
      languageModel(base.architecture);
      const lanes = seeds.length;
      if (sequences % lanes !== 0)
        throw new Error(`${sequences} texts cannot be gone on with by a model of ${lanes} lanes: each takes as many`);
      const length = tokens.length / sequences;
      if (!Number.isInteger(length) || length === 0)
        throw new Error(`${sequences} texts of one length cannot have ${tokens.length} tokens`);
      if (cache.length > 0 && length !== 1)
        throw new Error(`one token goes on with a text that a cache holds, not ${length}`);
      const ids = Int32Array.from(tokens);
      const batch = batchFor(base.architecture, { ids, labels: ids, length }, { lanes });
      const lastOf = (hidden: Tensor2D, pass: Pass): Tensor2D =>
        lastRows(sequences, (rows) => head.logits(rows, batch, pass))(hidden);
      const y = evaluated(batch, lastOf, cache);
      cache.advance(length);
      release(batch);
      return y;
    },
    features: (batch) =>
      evaluated(batch, (hidden, pass) => ({ hidden: tf.clone(hidden), pooled: head.pooled(hidden, batch, pass) })),
    dispose() {
      arena.dispose();
      adaptation.dispose();
    },
  };
}

/** The same arena, whose tensors start at given numbers, equal in every lane. */
function withInitial(arena: Arena, initial: Initial): Arena {
  const from = (drawn: Start, ...[site, role, shape]: Parameters<Initial>): Start => {
    let fixed: Float32Array | null | undefined; // asked once, for all lanes
    return (lane) => (fixed === undefined ? (fixed = initial(site, role, shape)) : fixed) ?? drawn(lane);
  };
  const given: Pick<Arena, 'parameter' | 'constant'> = {
    parameter: (site, role, shape, drawn) => arena.parameter(site, role, shape, from(drawn, site, role, shape)),
    constant: (site, role, shape, drawn) => arena.constant(site, role, shape, from(drawn, site, role, shape)),
  };
  return Object.assign(Object.create(arena) as Arena, given);
}
