/** Several adapters on one base: switched, disabled, each as strong as wanted, their changes summed. For use, not for training. */
import { ownRole } from '../adapters/combine/member.ts';
import { severalMethods } from '../adapters/combine/several.ts';
import { closestNames } from '../closestNames.ts';
import { RequestError } from '../errors.ts';
import { type AdapterFolder, openAdapter } from './adapterFolder.ts';
import type { Base } from './base.ts';
import { createModel, type Model } from './model.ts';

export interface AdapterSet {
  /**
   * Of one lane. Merging it merges what is active, as strong as it is then. To save that as one adapter, combine the adapters
   * (combineAdapters, the strengths as weights) or convert this model (convertToLora).
   */
  readonly model: Model;
  readonly names: readonly string[];
  /** Those that are applied, in the order in which they are. */
  readonly active: readonly string[];
  /** Applies these, in this order, and disables the others; with none it is the base exactly. Strengths stay. */
  activate(names: readonly string[]): void;
  strengthOf(name: string): number;
  /** Share of the adapter's change that is applied while it is active: 1 unless set; may be above 1 or negative. */
  setStrength(name: string, strength: number): void;
  dispose(): void;
}

/**
 * Loads adapters by name; all are active. Throws a RequestError for no adapters, a name with '/' or none, what openAdapter refuses,
 * and for an adapter on a part of a projection that another changes whole.
 */
export function loadAdapters(base: Base, folders: { readonly [name: string]: AdapterFolder | string }): AdapterSet {
  const names = Object.keys(folders);
  if (names.length === 0) throw new RequestError('there are no adapters to load');
  const odd = names.find((name) => name === '' || name.includes('/'));
  if (odd !== undefined) throw new RequestError(`an adapter's name must have letters and no '/', not "${odd}"`);
  const strengths = new Map(names.map((name) => [name, 1]));
  let active = names;
  const placed = new Map(
    Object.entries(folders).map(([name, given]) => {
      const folder = typeof given === 'string' ? openAdapter(given) : given;
      return [name, folder.on(base)];
    }),
  );
  const members = [...placed].map(([name, { methodFor }]) => ({
    name,
    methodFor,
    share: () => (active.includes(name) ? strengths.get(name)! : 0),
    turn: () => active.indexOf(name),
  }));
  const methodFor = severalMethods(members);
  const placedOn = [...placed.values()].find((adapter) => adapter.base !== base)?.base ?? base; // with a head of its own
  refuseOverlaps(placedOn, methodFor);
  const model = createModel(placedOn, {
    seeds: [0],
    methodFor,
    initial(site, named) {
      const { member, role } = ownRole(named);
      return placed.get(member)!.numbers(site, role);
    },
  });
  const known = (name: string): string => {
    if (strengths.has(name)) return name;
    throw new RequestError(
      `there is no adapter ${name}; the nearest name is ${closestNames(name, names, 1)[0]}; there are ${names.join(', ')}`,
    );
  };
  return {
    model,
    names,
    get active() {
      return active;
    },
    activate(wanted) {
      active = [...new Set(wanted.map(known))];
    },
    strengthOf: (name) => strengths.get(known(name))!,
    setStrength(name, strength) {
      if (!Number.isFinite(strength))
        throw new RequestError(`the strength of an adapter must be a number, not ${strength}`);
      strengths.set(known(name), strength);
    },
    dispose: () => model.dispose(),
  };
}

/** A whole projection takes what its parts have; an adapter on a part of it would be left out without a word. */
function refuseOverlaps({ sites }: Base, methodFor: ReturnType<typeof severalMethods>): void {
  for (const { name, kind, isHead, parts = {} } of sites) {
    if (!methodFor(name, kind, isHead)) continue;
    const part = Object.keys(parts).find((of) => methodFor(`${name}:${of}`, kind, isHead));
    if (part !== undefined)
      throw new RequestError(
        `one adapter changes ${name} and another its part ${part} alone; save that one in PEFT's format first, where it is on the whole`,
      );
  }
}
