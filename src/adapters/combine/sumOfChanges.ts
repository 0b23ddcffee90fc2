/**
 * Several adapters at one site, for use and not for training. Changes are summed:   y ← y + c_k Δ_k(x), from y = xW on. A DoRA among
 * them scales what is there when its turn comes, as in PEFT's forward pass, with the norms of W and its own change:
 *
 *   y ← y + c_k ((y + Δ_k(x)) ∘ m / ‖W + ΔW_k‖ − y),
 *
 * so that the order of activation matters there. A whole trained kernel V is the change x V − x W.
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../../tensor/cached.ts';
import { scalar, scoped } from '../../tensor/engine.ts';
import type { SiteInput } from '../../tensor/siteInput.ts';
import { outlineOf } from '../outline.ts';
import type { Rescale, Site, Update, UpdateRule } from '../types.ts';
import { changedColumnNorms } from '../update/columnNorms.ts';
import { isFactor, type Member, memberContext, memberShapes } from './member.ts';

export function sumOfChanges(members: readonly Member[]): UpdateRule {
  return {
    spec: { type: 'sum', members: members.map(({ name, method }) => ({ name, update: method.update.spec })) },
    sites: ['linear', 'conv2d', 'embedding', 'vector'],
    targets: null,
    starts: { equalToBase: false, mayStayStill: [] },
    outline: (place) =>
      outlineOf({
        trained: memberShapes(members, (method) => ({
          ...method.update.outline(place).trained,
          ...(isFactor(method) ? {} : method.rescale.outline(place).trained),
        })),
      }),
    create(site, context) {
      const parts = members.map((member): Part => {
        const own = memberContext(context, member);
        const update = member.method.update.create(site, own);
        const rescale = isFactor(member.method) ? null : member.method.rescale.create(site, update, own);
        return { share: member.share, turn: member.turn, update, rescale: rescale?.side === 'output' ? rescale : null };
      });
      return summed(site, parts, context.arena.lanes);
    },
  };
}

interface Part extends Pick<Member, 'share' | 'turn'> {
  readonly update: Update;
  /** A magnitude; null where the update is the whole change. */
  readonly rescale: Rescale | null;
}

/** What a member does to an output y, to a kernel or to a bias: what it adds, and what its magnitude makes of the sum. */
interface View {
  readonly base: () => Tensor2D;
  readonly added: (part: Part) => Tensor2D | null;
  readonly scaled: (rescale: Rescale, whole: Tensor2D) => Tensor2D;
}

/** What the active members change of the base, one after the other; null where that is nothing. */
function changeOf(parts: readonly Part[], { base, added, scaled }: View): Tensor2D | null {
  const active = parts.filter(({ share }) => share() !== 0).sort((one, other) => one.turn() - other.turn());
  return active.reduce<Tensor2D | null>((sum, part) => {
    let change = added(part);
    if (part.rescale) {
      const before = sum ? (tf.add(base(), sum) as Tensor2D) : base();
      change = tf.sub(scaled(part.rescale, change ? tf.add(before, change) : before), before);
    }
    if (!change) return sum;
    const weighted = tf.mul(change, scalar(part.share())) as Tensor2D;
    return sum ? tf.add(sum, weighted) : weighted;
  }, null);
}

function summed(site: Site, parts: readonly Part[], lanes: number): Update {
  const [, outputs] = site.shape;
  const delta = scoped((lane: number): Tensor2D => {
    const kernel = site.use((frozen) => tf.clone(frozen));
    const sum = changeOf(parts, {
      base: () => kernel,
      added: ({ update }) => update.delta(lane),
      scaled: (rescale, whole) => tf.mul(whole, rescale.factors(lane)),
    });
    return sum ?? tf.zeros([...site.shape]);
  });
  const shift = scoped((lane: number): Tensor1D => {
    const sum = changeOf(parts, {
      base: () => tf.zeros([1, outputs]),
      added: ({ update }) => update.shift && tf.reshape(update.shift(lane), [1, outputs]),
      scaled: (rescale, whole) => tf.mul(whole, rescale.factors(lane)),
    });
    return sum ? tf.reshape(sum, [outputs]) : tf.zeros([outputs]);
  });
  const isForUse = (): never => {
    throw new Error(`several adapters at once are for use, not for training (${site.name})`);
  };
  return {
    replaces: false,
    parameters: parts.flatMap(({ update, rescale }) => [...update.parameters, ...(rescale?.parameters ?? [])]),
    derived: {},
    residual: null,
    shift: parts.some(({ update }) => update.shift) ? shift : null,
    forward(x) {
      let made: Tensor2D | null = null;
      const base = (): Tensor2D => (made ??= site.use((kernel) => x.times(kernel)));
      const sum = changeOf(parts, {
        base,
        added: ({ update }) => outputChange(update, x, base),
        scaled: (rescale, whole) => rescale.forward(whole).y,
      });
      return { y: sum ?? (tf.clone(cached('nothing', () => tf.zeros([1, 1]))) as Tensor2D), saved: null };
    },
    backward: isForUse,
    delta,
    columnNorms: changedColumnNorms(site, lanes, delta),
    columnNormsBack: isForUse,
  };
}

/** What an update adds to the outputs of x; what its start took away from the kernel is a part of that here. */
function outputChange(update: Update, x: SiteInput, base: () => Tensor2D): Tensor2D {
  const { y } = update.forward(x);
  if (update.replaces) return tf.sub(y, base());
  return update.residual ? tf.add(y, update.residual.times(x)) : y;
}
