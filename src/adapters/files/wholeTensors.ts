/**
 * Tensors of the base that train as they are beside a method, as PEFT's configuration says them: `bias` (all, or those of the adapted
 * modules) where just these train, `modules_to_save` for the rest, module by module, with every tensor that a module has.
 */
import { Unsupported } from '../../errors.ts';
import type { TrainedSite } from '../trainedSite.ts';
import type { StoredMatrix } from './stored.ts';
import type { StoredSite, TensorNames } from './tensorNames.ts';
import type { Configuration } from './types/configuration.ts';
import type { NamedTensor } from './types/writing.ts';

export interface WholeTensors {
  /** `bias` and `modules_to_save`, where they say something. */
  readonly configuration: Configuration;
  readonly tensors: readonly NamedTensor[];
}

export interface WholeContext {
  readonly sites: readonly StoredSite[];
  /** The names of adapted modules. */
  readonly adapted: readonly string[];
  readonly names: TensorNames;
  /** The type's word for the biases of adapted modules; null where it has no `bias`. */
  readonly adaptedBiases: string | null;
  /** The frozen tensor of a site as the checkpoint stores it. */
  frozen(site: string): StoredMatrix;
}

/** Throws Unsupported where PEFT has no way to say just these tensors. */
export function wholeTensors(trained: readonly TrainedSite[], context: WholeContext): WholeTensors {
  const { sites, adapted, names, adaptedBiases } = context;
  const own = new Map(trained.map((site) => [site.name, site]));
  const biases = (of: readonly string[]): string[] => of.filter((name) => name.endsWith('.bias'));
  const everyBias = biases(sites.filter(({ kind }) => kind === 'vector').map(({ name }) => name));
  const adaptedOnes = everyBias.filter((name) => adapted.includes(moduleOf(name)));
  const kinds: [string | null, readonly string[]][] = [
    [adaptedBiases && 'all', everyBias],
    [adaptedBiases, adaptedOnes],
  ];
  const said = kinds.find(([word, all]) => word !== null && all.length > 0 && all.every((name) => own.has(name)));
  const rest = trained.map(({ name }) => name).filter((name) => !said?.[1].includes(name));
  const modules = outermost(rest, sites);
  const clash = modules.find((module) => adapted.some((name) => isIn(name, module) || isIn(module, name)));
  if (clash !== undefined)
    throw new Unsupported(
      `PEFT cannot train ${rest.find((name) => isIn(name, clash))} as it is beside an adapter on ${clash}; train all biases, those of the adapted modules, or none`,
    );
  const inModules = sites.filter(({ name }) => modules.some((module) => isIn(name, module))).map(({ name }) => name);
  const written = new Set([...(said?.[1] ?? []), ...inModules]);
  return {
    configuration: {
      ...(said ? { bias: said[0] } : {}),
      ...(modules.length > 0 ? { modules_to_save: modules } : {}),
    },
    tensors: [...written].map((name) => tensorOf(name, own.get(name), names, context)),
  };
}

function tensorOf(
  name: string,
  trained: TrainedSite | undefined,
  names: TensorNames,
  { frozen }: WholeContext,
): NamedTensor {
  const isBias = name.endsWith('.bias');
  const part = trained?.parts[0];
  const shape = part ? (part.kind === 'vector' ? [part.shape[1]] : part.shape) : frozen(name).shape;
  const form = names.of(name, isBias ? 'bias' : 'dense', shape)!;
  const data = part ? form.toFile(part.numbers(part.roles[0]!)) : frozen(name).data;
  return [form.key, { shape: form.shape, data }];
}

/** The module of a tensor's name: model.norm.weight -> model.norm. */
const moduleOf = (name: string): string => name.replace(/\.(weight|bias)$/, '');

const isIn = (name: string, module: string): boolean => name === module || name.startsWith(`${module}.`);

/** The largest modules all of whose sites are among the names; their own modules at least. */
function outermost(names: readonly string[], sites: readonly { readonly name: string }[]): string[] {
  const wanted = new Set(names);
  const covers = (module: string): boolean =>
    sites.filter(({ name }) => isIn(name, module)).every(({ name }) => wanted.has(name));
  const found = names.map((name) => {
    let module = moduleOf(name);
    for (let above = parentOf(module); above !== null && covers(above); above = parentOf(above)) module = above;
    return module;
  });
  return [...new Set(found)].filter((module) => !found.some((other) => other !== module && isIn(module, other))).sort();
}

const parentOf = (module: string): string | null =>
  module.includes('.') ? module.slice(0, module.lastIndexOf('.')) : null;
