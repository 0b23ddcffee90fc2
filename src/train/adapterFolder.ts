/** Opens an adapter folder, checks it strictly against a base, and puts it there. */
import { peftForms } from '../adapters/files/peftForms.ts';
import { dialectOf } from '../adapters/files/dialects/index.ts';
import type { Dialect, DialectBase } from '../adapters/files/dialects/dialect.ts';
import type { TensorFile } from '../adapters/files/stored.ts';
import { peftNames } from '../adapters/files/tensorNames.ts';
import { chosenPlaces, checkTensors, readTensors, tensorName } from '../adapters/files/wanted.ts';
import { methodOf } from '../adapters/compose.ts';
import { readPeftConfig } from '../adapters/files/peftConfig.ts';
import { type MethodFor, onTargets } from '../adapters/placement.ts';
import { inFile, RequestError } from '../errors.ts';
import { defaultTargetsOf } from '../families/index.ts';
import type { Role } from '../tensor/arena.ts';
import { adapterFiles } from './adapterFiles.ts';
import { type AdapterNotes, readNotes } from './adapterNotes.ts';
import type { Base } from './base.ts';
import { checkFrozen } from './checkFrozen.ts';
import { createModel, type Model } from './model.ts';
import { storedSites } from './storedSites.ts';
import { baseForTargets } from './untiedBase.ts';

export { type AboutAdapter, saveAdapter, type SavedAdapter } from './saveAdapter.ts';

/** An adapter on disk, of which configuration and names were read, the numbers not yet. */
export interface AdapterFolder {
  readonly folder: string;
  /** Who writes such folders: PEFT, loralib, mlx-lm, torchtune. */
  readonly dialect: string;
  /** PEFT's word for what it holds: LORA, ADALORA, VERA, IA3 … */
  readonly type: string;
  /** What the folder says its base is called; null where it does not. */
  readonly baseName: string | null;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Shapes of its tensors by their names there. */
  readonly tensors: ReadonlyMap<string, readonly number[]>;
  /** adapterlab.json, where there is one. */
  readonly notes: AdapterNotes | null;
  /** Reads its numbers for a base. Throws a RequestError that names each tensor that is missing, unexpected or of another shape. */
  on(base: Base): PlacedAdapter;
}

export interface PlacedAdapter {
  /** The base that it goes on: with an output layer of its own where the adapter changes one of a tied pair alone. */
  readonly base: Base;
  readonly methodFor: MethodFor;
  /** Steps that a schedule of the method was made for. */
  readonly steps: number;
  /** Row-major in the parameter's own form; null for what the adapter does not have. */
  readonly numbers: (site: string, role: Role) => Float32Array | null;
}

/** An adapter folder read and checked: config, tensors, dialect. Throws a RequestError (Unsupported for what is not there yet). */
export function openAdapter(folder: string): AdapterFolder {
  const { configFile, configuration, source } = adapterFiles(folder);
  const dialect = dialectOf(configFile, configuration, source);
  if (dialect) return ofDialect(folder, dialect, configuration, source);
  if (!configuration) throw new RequestError(`${folder} has no adapter_config.json beside ${source.file}`);
  const read = () => inFile(configFile, () => readPeftConfig(configuration, { file: configFile, read: source.read }));
  const { type } = read();
  const notes = readNotes(folder);
  const { base_model_name_or_path: baseName } = configuration;
  return {
    folder,
    dialect: 'PEFT',
    type,
    baseName: typeof baseName === 'string' ? baseName : null,
    configuration,
    tensors: source.shapes,
    notes,
    on(base) {
      checkBase(base, notes, folder);
      const { recipe, targets: targetsOn, steps } = read();
      const { targets, placedOn, methodFor } = inFile(configFile, () => {
        const method = methodOf(steps === null ? { ...recipe, control: undefined } : recipe); // a schedule needs its steps
        const targets = targetsOn(defaultTargetsOf(base.config));
        const placedOn = baseForTargets(base, targets);
        return { targets, placedOn, methodFor: onTargets(method, placedOn.sites, targets) };
      });
      const places = chosenPlaces(placedOn.sites, methodFor);
      const names = peftNames(storedSites(placedOn), type, targets);
      const { wanted, beside, tensorOf } = peftForms(configuration, configFile, places, names);
      checkTensors(source, wanted, beside);
      checkFrozen(source, tensorOf, placedOn);
      const numbers = readTensors(source, wanted);
      return {
        methodFor,
        base: placedOn,
        steps: steps ?? 0,
        numbers: (site, role) => numbers.get(tensorName(site, role)) ?? null,
      };
    },
  };
}

/** An adapter of another system than PEFT. */
function ofDialect(
  folder: string,
  { name, type, on }: Dialect,
  configuration: AdapterFolder['configuration'] | null,
  source: TensorFile,
): AdapterFolder {
  return {
    folder,
    dialect: name,
    type,
    baseName: null,
    configuration: configuration ?? {},
    tensors: source.shapes,
    notes: null,
    on(base) {
      const { methodFor, wanted } = on(dialectBase(base));
      checkTensors(source, wanted);
      const numbers = readTensors(source, wanted);
      return { base, methodFor, steps: 0, numbers: (site, role) => numbers.get(tensorName(site, role)) ?? null };
    },
  };
}

function dialectBase({ sites, architecture, config }: Base): DialectBase {
  const { architectures } = config as { architectures?: unknown };
  const [name] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
  const isTransformer = architecture.type === 'transformer';
  return {
    sites,
    modelClass: typeof name === 'string' ? name : null,
    tiedTable: isTransformer && architecture.tied ? architecture.names.embedding : null,
    ...(isTransformer ? architecture : { heads: 0, keyValueHeads: 0, headWidth: 0 }),
  };
}

/** A model of one lane with the adapter on it, at its stored numbers. */
export function loadAdapter(base: Base, folder: AdapterFolder | string): Model {
  const opened = typeof folder === 'string' ? openAdapter(folder) : folder;
  const { base: placedOn, methodFor, numbers, steps } = opened.on(base);
  return createModel(placedOn, { seeds: [0], methodFor, steps, initial: numbers });
}

function checkBase(base: Base, notes: AdapterNotes | null, folder: string): void {
  if (!notes) return;
  const hash = base.hash();
  if (notes.base.sha256 === hash) return;
  throw new RequestError(
    `${folder} is an adapter of another base: adapterlab.json says ${notes.base.name}, sha256 ${notes.base.sha256}, and this one has ${hash}; to try it all the same, delete adapterlab.json`,
  );
}
