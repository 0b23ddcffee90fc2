/** Where each of several adapters on one base changes a site, together they change it as one method. */
import { Unsupported } from '../../errors.ts';
import { methodOf } from '../compose.ts';
import { none } from '../update/none.ts';
import type { MethodFor } from '../placement.ts';
import type { Method } from '../types.ts';
import { isFactor, type Member } from './member.ts';
import { productOfFactors } from './productOfFactors.ts';
import { sumOfChanges } from './sumOfChanges.ts';

export interface PlacedMember extends Pick<Member, 'name' | 'share' | 'turn'> {
  readonly methodFor: MethodFor;
}

/** Throws Unsupported where an adapter has trained a table whole, which a head may share. */
export function severalMethods(adapters: readonly PlacedMember[]): MethodFor {
  return (site, kind, isHead) => {
    const members = adapters.flatMap(({ name, methodFor, share, turn }): Member[] => {
      const method = methodFor(site, kind, isHead);
      if (method && kind === 'embedding' && method.update.outline({ name: site, kind, shape: [1, 1] }).replaces)
        throw new Unsupported(
          `the adapter ${name} has trained ${site} whole, which cannot be one of several; merge it into the base, or use it alone`,
        );
      return method ? [{ name, method, share, turn }] : [];
    });
    return members.length === 0 ? null : joined(members);
  };
}

function joined(members: readonly Member[]): Method {
  const factors = members.filter(({ method }) => isFactor(method));
  const changes = members.filter(({ method }) => !(isFactor(method) && method.update.spec.type === 'none'));
  return methodOf({
    update: changes.length > 0 ? sumOfChanges(changes) : none(),
    ...(factors.length > 0 ? { rescale: productOfFactors(factors) } : {}),
  });
}
