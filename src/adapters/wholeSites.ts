/** Which tensors of the base train as they are beside a method: its biases, and modules that train as a whole. */
import { RequestError } from '../errors.ts';
import { isTarget, type TargetCandidate, type Targets } from './targets.ts';

/** The module that a site is or belongs to: of a vector, its tensor's name without the last part; of a part, the whole site. */
const moduleOf = ({ name, kind }: Pick<TargetCandidate, 'name' | 'kind'>): string =>
  kind === 'vector' ? name.slice(0, Math.max(0, name.lastIndexOf('.'))) : name.replace(/:[^:.]*$/, '');

/** Whether a site lies in a module whose name ends so. As PEFT has it, 'norm' is the end of input_layernorm too. */
export function isInWhole(site: Pick<TargetCandidate, 'name' | 'kind'>, whole: readonly string[]): boolean {
  const parts = moduleOf(site).split('.');
  const modules = parts.map((_, last) => parts.slice(0, last + 1).join('.'));
  return whole.some((ending) => modules.some((module) => module.endsWith(ending)));
}

const isBias = ({ name, kind }: Pick<TargetCandidate, 'name' | 'kind'>): boolean =>
  kind === 'vector' && name.endsWith('.bias');

/** The names of the sites that train as they are. A RequestError for a choice that there is not, or modules that are not there. */
export function wholeSites(sites: readonly TargetCandidate[], targets: Targets): string[] {
  const { biases = 'none', whole = [] } = targets;
  if (!['none', 'all', 'adapted'].includes(biases))
    throw new RequestError(`biases are 'none', 'all' or 'adapted', not ${JSON.stringify(biases)}`);
  if (!Array.isArray(whole) || whole.some((module) => typeof module !== 'string' || module === ''))
    throw new RequestError('whole must be a list of names of modules, or the ends of such names');
  const inModules = sites.filter((site) => isInWhole(site, whole));
  if (whole.length > 0 && inModules.length === 0)
    throw new RequestError(`no module of the model ends in ${whole.join(' or ')}, to be trained as a whole`);
  const adapted = new Set(sites.filter((site) => isTarget(site, targets)).map(moduleOf));
  const chosenBiases = sites.filter(
    (site) =>
      (biases === 'all' && site.name.includes('bias')) ||
      (biases === 'adapted' && isBias(site) && adapted.has(moduleOf(site))),
  );
  return [...new Set([...inModules, ...chosenBiases].map(({ name }) => name))];
}
