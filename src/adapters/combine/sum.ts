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
import { outlineOf } from '../outline.ts';
import type { Rescale, Site, Update, UpdateRule } from '../types.ts';
import { changedColumnNorms } from '../update/columnNorms.ts';
import { isFactor, type Member, memberContext, memberRole } from './member.ts';

export function sumOf(members: readonly Member[]): UpdateRule {
  return {
    spec: { type: 'sum', members: members.map(({ name, method }) => ({ name, update: method.update.spec })) },
    sites: ['linear', 'embedding'],
    targets: null,
    starts: { equalToBase: false, mayStayStill: [] },
    outline: (place) =>
      outlineOf({
        trained: Object.fromEntries(
          members.flatMap(({ name, method: { update, rescale } }) =>
            Object.entries({
              ...update.outline(place).trained,
              ...(isFactor({ rescale } as Member['method']) ? {} : rescale.outline(place).trained),
            }).map(([role, shape]) => [memberRole(name, role), shape]),
          ),
        ),
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

function summed(site: Site, parts: readonly Part[], lanes: number): Update {
  const active = (): readonly Part[] =>
    parts.filter(({ share }) => share() !== 0).sort((one, other) => one.turn() - other.turn());
  /** Σ of the changes; `base` is what they are changes of, asked only where it is needed. */
  const total = (
    base: () => Tensor2D,
    changeOf: (update: Update) => Tensor2D,
    scaled: (rescale: Rescale, whole: Tensor2D) => Tensor2D,
  ): Tensor2D | null =>
    active().reduce<Tensor2D | null>((sum, { update, rescale, share }) => {
      let change = changeOf(update);
      if (rescale) {
        const before: Tensor2D = sum ? tf.add(base(), sum) : base();
        change = tf.sub(scaled(rescale, tf.add(before, change)), before);
      }
      const weighted = tf.mul(change, scalar(share())) as Tensor2D;
      return sum ? tf.add(sum, weighted) : weighted;
    }, null);
  const delta = scoped((lane: number) => {
    const kernel = site.use((frozen) => tf.clone(frozen));
    const sum = total(
      () => kernel,
      (update) => update.delta(lane),
      (rescale, whole) => tf.mul(whole, rescale.factors(lane)),
    );
    return sum ?? (tf.zeros([...site.shape]) as Tensor2D);
  });
  const shift = scoped((lane: number) =>
    active().reduce<Tensor1D>(
      (sum, { update, share }) => (update.shift ? tf.add(sum, tf.mul(update.shift(lane), scalar(share()))) : sum),
      tf.zeros([site.shape[1]]),
    ),
  );
  return {
    replaces: false,
    parameters: parts.flatMap(({ update, rescale }) => [...update.parameters, ...(rescale?.parameters ?? [])]),
    derived: {},
    residual: null,
    shift: parts.some(({ update }) => update.shift) ? shift : null,
    forward(x) {
      let made: Tensor2D | null = null;
      const base = (): Tensor2D => (made ??= site.use((kernel) => x.times(kernel)));
      const sum = total(
        base,
        (update) => {
          const { y } = update.forward(x);
          if (update.replaces) return tf.sub(y, base());
          return update.residual ? tf.add(y, update.residual.times(x)) : y;
        },
        (rescale, whole) => rescale.forward(whole).y,
      );
      return { y: sum ?? (tf.clone(cached('nothing', () => tf.zeros([1, 1]))) as Tensor2D), saved: null };
    },
    backward() {
      throw new Error(`several adapters at once are for use, not for training (${site.name})`);
    },
    delta,
    columnNorms: changedColumnNorms(site, lanes, delta),
  };
}
