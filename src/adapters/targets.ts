/**
 * Which sites a method is put on, in PEFT's grammar (tuners_utils.check_target_module_exists):
 *
 * - a list: a name matches when it equals an entry or ends with '.' + entry;
 * - a text: a regular expression that must match the whole name;
 * - 'all-linear': every linear map but the output head; 'all': everything there is, vectors too (full fine-tuning).
 *
 * `exclude` uses the same grammar and is asked first. `layers` keeps those layer numbers (lists only, exact matches exempt); an
 * empty list of layers keeps all of them, and an empty pattern finds them in any list.
 * A part of a fused projection is named by its site and part: 'c_attn:query'.
 *
 * Beside the method's own sites, `biases` and `whole` name tensors of the base that train as they are (placement.ts).
 */
import { closestNames } from '../closestNames.ts';
import { RequestError } from '../errors.ts';
import { pythonPattern } from './pythonPattern.ts';
import type { SiteKind } from './types.ts';

export type TargetNames = string | readonly string[];

export interface Targets {
  readonly targets: TargetNames;
  readonly exclude?: TargetNames;
  readonly layers?: number | readonly number[];
  /** The name of the list of layers, where a site's name holds several numbers. */
  readonly layersPattern?: string | readonly string[];
  /** Biases of the base that train: none of them (unless given), all, or those of adapted sites. */
  readonly biases?: 'none' | 'all' | 'adapted';
  /** Modules that train as a whole, by how their names end (PEFT's modules_to_save). The method is never put on them. */
  readonly whole?: readonly string[];
}

export interface TargetCandidate {
  readonly name: string;
  readonly kind: SiteKind;
  readonly isHead: boolean;
}

/** Whether a site is one of the targets. */
export function isTarget(site: TargetCandidate, given: Targets): boolean {
  const { targets, exclude, whole = [] } = given;
  if (whole.some((module) => isWithin(site.name, module))) return false;
  if (exclude !== undefined && matches(site, exclude)) return false;
  if (!matches(site, targets)) return false;
  const layers = [given.layers ?? []].flat();
  if (layers.length === 0) return true;
  if (typeof targets === 'string')
    throw new RequestError(
      "layers can be chosen only beside a list of targets, not beside a regular expression or 'all-linear'",
    );
  if (targets.includes(site.name)) return true;
  const layer = layerOf(site.name, given.layersPattern);
  return layer !== null && layers.includes(layer);
}

/** Whether a name is a module's or that of something in it. */
const isWithin = (name: string, module: string): boolean => `.${name}.`.includes(`.${module}.`);

function matches({ name, kind, isHead }: TargetCandidate, names: TargetNames): boolean {
  if (names === 'all') return true;
  if (typeof names !== 'string') return names.some((entry) => name === entry || name.endsWith(`.${entry}`));
  if (names.toLowerCase() === 'all-linear') return kind === 'linear' && !isHead && !name.includes(':');
  return pythonPattern(names, 'the target', '^', '$').test(name);
}

/** The first number of a name that follows the name of a list; without a pattern, of any list below the top. */
function layerOf(name: string, pattern: string | readonly string[] = []): number | null {
  const lists = [pattern].flat().filter((list) => list !== '');
  const expressions =
    lists.length > 0
      ? lists.map((list) => pythonPattern(list, 'the layers pattern', '^(?:|.*?\\.)', '\\.(?<layer>\\d+)\\.'))
      : [/^.*?\.[^.]*\.(?<layer>\d+)\./];
  for (const e of expressions) {
    const found = e.exec(name);
    if (found) return Number(found.groups!.layer);
  }
  return null;
}

/** The names of the sites that are targets; a RequestError when there are none. */
export function targetSites(sites: readonly TargetCandidate[], given: Targets): string[] {
  const found = sites.filter((site) => isTarget(site, given)).map(({ name }) => name);
  if (found.length > 0) return found;
  const names = typeof given.targets === 'string' ? given.targets : given.targets.join(', ');
  const narrowed = sites.some((site) => matches(site, given.targets));
  throw new RequestError(
    narrowed
      ? `no part of the model is left of the targets ${names}: all that they match is excluded, or in other layers`
      : `no part of the model matches the targets ${names}; ${whatExists(given.targets, sites)}`,
  );
}

/** A RequestError for an entry of a list that matches no site, be it excluded or not. PEFT passes over such entries. */
export function checkEntries(sites: readonly TargetCandidate[], names: TargetNames): void {
  if (typeof names === 'string') return;
  const idle = names.find((entry) => !sites.some((site) => matches(site, [entry])));
  if (idle !== undefined)
    throw new RequestError(`no part of the model matches the target ${idle}; ${whatExists([idle], sites)}`);
}

/** The endings of all sites, and the nearest of them to the first entry of a list. */
function whatExists(names: TargetNames, sites: readonly TargetCandidate[]): string {
  const ends = [...new Set(sites.map(({ name }) => name.split('.').at(-1)!))];
  const nearest = typeof names === 'string' ? [] : closestNames(names[0] ?? '', ends, 1);
  return [`its sites end in ${ends.join(', ')}`, ...nearest.map((name) => `the nearest name is ${name}`)].join('; ');
}
