/**
 * Some parts of a fused projection adapted (q and v of a c_attn; loralib's MergedLinear). Each part is a site of its own, with an
 * update and a rescale of its own, on its range of the outputs; the other outputs stay the base's.
 *
 *   Δ(x) = [Δ_q(x), 0, Δ_v(x)],   factors f = [f_q, 1, f_v].
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { scoped } from '../tensor/engine.ts';
import type { Saved } from '../tensor/step.ts';
import { type AdaptedSite, adaptSite } from './adaptedSite.ts';
import { type Arrangement, partAfterPart } from './arrangement.ts';
import { checkPart, type PartChoice } from './placement.ts';
import type { Rescale, Residual, Site, SiteContext, Update } from './types.ts';
import { changedColumnNorms } from './update/columnNorms.ts';

type Range = readonly [number, number];

interface Part {
  readonly range: Range;
  readonly update: Update;
  readonly rescale: Rescale;
}

/** The parts as one update and one rescale of the whole site, and as the sites that they are. */
export function fused(
  site: Site,
  choices: readonly PartChoice[],
  context: (name: string) => SiteContext,
  arrangement: Arrangement = partAfterPart,
): { update: Update; rescale: Rescale; sites: readonly AdaptedSite[] } {
  const dropouts = new Set(choices.map(({ method }) => method.dropout));
  if (dropouts.size > 1)
    throw new RequestError(
      `the parts of ${site.name} share one input, and so one dropout, not ${[...dropouts].join(' and ')}`,
    );
  const parts = choices.map(({ name, range, method }) => {
    const width = range[1] - range[0];
    const use: Site['use'] = (f) => site.use((kernel) => f(columns(arrangement.apart(kernel), range)));
    const part = adaptSite({ name, kind: 'linear', shape: [site.shape[0], width], use }, method, context(name));
    checkPart(method, part.update.replaces !== false, name);
    if (part.rescale.side === 'input')
      throw new RequestError(
        `${name} shares its input with the other parts of ${site.name}, which cannot be rescaled for it alone`,
      );
    return { ...part, range };
  });
  return {
    update: fusedUpdate(site, parts, arrangement, context(site.name).arena.lanes),
    rescale: fusedRescale(site, parts, arrangement),
    sites: parts.flatMap(({ sites }) => sites),
  };
}

const columns = (x: Tensor2D, [from, to]: Range): Tensor2D => tf.slice(x, [0, from], [x.shape[0], to - from]);

/** Lays pieces at the ranges of their parts; `between` fills what is left, by range. All get the rows of the tallest. */
function laid(
  pieces: readonly Tensor2D[],
  parts: readonly Part[],
  outputs: number,
  between: (gap: Range, rows: number) => Tensor2D,
): Tensor2D {
  const rows = Math.max(...pieces.map(({ shape }) => shape[0]));
  const row: Tensor2D[] = [];
  let at = 0;
  const fillTo = (to: number): void => {
    if (to > at) row.push(between([at, to], rows));
  };
  parts.forEach(({ range: [from, to] }, i) => {
    fillTo(from);
    row.push(tf.broadcastTo(pieces[i], [rows, to - from]));
    at = to;
  });
  fillTo(outputs);
  return tf.concat(row, 1);
}

function fusedUpdate(site: Site, parts: readonly Part[], { apart, together }: Arrangement, lanes: number): Update {
  const [, outputs] = site.shape;
  const beside = (pieces: readonly Tensor2D[]): Tensor2D =>
    together(laid(pieces, parts, outputs, ([from, to], rows) => tf.zeros([rows, to - from])));
  const delta = scoped((lane: number) => beside(parts.map(({ update }) => update.delta(lane))));
  const shift = scoped((lane: number) => {
    const shifts = parts.map(({ update, range: [from, to] }) => update.shift?.(lane) ?? tf.zeros([to - from]));
    return tf.reshape(beside(shifts.map((own) => tf.reshape(own, [1, -1]) as Tensor2D)), [outputs]) as Tensor1D;
  });
  return {
    replaces: false,
    parameters: parts.flatMap(({ update }) => update.parameters),
    derived: {},
    residual: fusedResidual(parts, apart, beside),
    forward(x) {
      const steps = parts.map(({ update }) => update.forward(x));
      return { y: beside(steps.map(({ y }) => y)), saved: steps.map(({ saved }) => saved) };
    },
    backward(dy, x, saved, wantsInput) {
      const d = apart(dy);
      return sum(
        parts.map(({ update, range }, i) => update.backward(columns(d, range), x, (saved as Saved[])[i], wantsInput)),
      );
    },
    delta,
    shift: parts.some(({ update }) => update.shift) ? shift : null,
    columnNorms: changedColumnNorms(site, lanes, delta),
    columnNormsBack() {
      throw new Error(`the parts of ${site.name} are rescaled one by one, each through norms of its own`);
    },
  };
}

/** Of the parts that have one; the others' outputs are left as they are. */
function fusedResidual(
  parts: readonly Part[],
  apart: Arrangement['apart'],
  beside: (pieces: readonly Tensor2D[]) => Tensor2D,
): Residual | null {
  if (parts.every(({ update }) => !update.residual)) return null;
  return {
    times: (x) =>
      beside(parts.map(({ update, range: [from, to] }) => update.residual?.times(x) ?? tf.zeros([1, to - from]))),
    matrix: scoped((lane: number) =>
      beside(parts.map(({ update, range: [from, to] }) => update.residual?.matrix(lane) ?? tf.zeros([1, to - from]))),
    ),
    back: (dy, x) => sum(parts.map(({ update, range }) => update.residual?.back(columns(apart(dy), range), x) ?? null)),
  };
}

/** Of those that there are; null where there is none. */
function sum(terms: readonly (Tensor2D | null)[]): Tensor2D | null {
  return terms.reduce((all, term) => (all && term ? tf.add(all, term) : (all ?? term)), null);
}

function fusedRescale(site: Site, parts: readonly Part[], { apart, together }: Arrangement): Rescale {
  const [, outputs] = site.shape;
  const scaled = parts.filter(({ rescale }) => rescale.side === 'output');
  const [first] = parts;
  if (scaled.length === 0) return first.rescale;
  const withBias = scaled[0].rescale.withBias;
  if (scaled.some(({ rescale }) => rescale.withBias !== withBias))
    throw new RequestError(
      `some parts of ${site.name} would rescale its bias and others not; give them the same rescale`,
    );
  /** The ranges of x, which lies part after part, changed part by part, the rest as it is. */
  const among = (x: Tensor2D, pieces: readonly Tensor2D[]): Tensor2D =>
    together(laid(pieces, scaled, outputs, (gap) => columns(x, gap)));
  return {
    side: 'output',
    withBias,
    parameters: scaled.flatMap(({ rescale }) => rescale.parameters),
    forward(given) {
      const x = apart(given);
      const steps = scaled.map(({ rescale, range }) => rescale.forward(columns(x, range)));
      return {
        y: among(
          x,
          steps.map(({ y }) => y),
        ),
        saved: steps.map(({ saved }) => saved),
      };
    },
    backward(dy, saved) {
      const d = apart(dy);
      const pieces = scaled.map(({ rescale, range }, i) => rescale.backward(columns(d, range), (saved as Saved[])[i]));
      return among(d, pieces);
    },
    factors: scoped((lane: number) => {
      const pieces = scaled.map(({ rescale }) => tf.reshape(rescale.factors(lane), [1, -1]) as Tensor2D);
      return tf.reshape(together(laid(pieces, scaled, outputs, ([from, to]) => tf.ones([1, to - from]))), [outputs]);
    }),
  };
}
