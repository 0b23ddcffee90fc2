/** IA³'s factors of several adapters at one site, for use and not for training:   f = Π (1 + c_k (l_k − 1)), as PEFT multiplies them. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { scalar, scoped } from '../../tensor/engine.ts';
import { outlineOf } from '../outline.ts';
import type { Rescale, RescaleRule } from '../types.ts';
import { type Member, memberContext, memberShapes } from './member.ts';

/** Throws a RequestError where some scale the input of a site and others its output. For one lane. */
export function productOfFactors(members: readonly Member[]): RescaleRule {
  return {
    spec: { type: 'product', members: members.map(({ name, method }) => ({ name, rescale: method.rescale.spec })) },
    sites: ['linear', 'embedding'],
    outline: (place) => outlineOf({ trained: memberShapes(members, ({ rescale }) => rescale.outline(place).trained) }),
    create(site, update, context) {
      const parts = members.map((member) => ({
        share: member.share,
        rescale: member.method.rescale.create(site, update, memberContext(context, member)),
      }));
      const sides = new Set(parts.map(({ rescale }) => rescale.side));
      if (sides.size > 1)
        throw new RequestError(
          `${site.name}: ${members.map(({ name }) => name).join(', ')} scale different sides of it`,
        );
      const factors = scoped((lane: number): Tensor =>
        parts.reduce<Tensor>((product, { share, rescale }) => {
          const weighted = tf.add(tf.mul(tf.sub(rescale.factors(lane), scalar(1)), scalar(share())), scalar(1));
          return tf.mul(product, weighted);
        }, tf.scalar(1)),
      );
      const first: Rescale = parts[0]!.rescale;
      return {
        side: first.side,
        withBias: first.withBias,
        parameters: parts.flatMap(({ rescale }) => rescale.parameters),
        forward: (x) => ({ y: tf.mul(x, factors(0)) as Tensor2D, saved: null }),
        backward() {
          throw new Error(`several adapters at once are for use, not for training (${site.name})`);
        },
        factors,
      };
    },
  };
}
