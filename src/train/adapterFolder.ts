/** Opens an adapter folder, checks it strictly against a base, and puts it there. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { peftForms } from '../adapters/files/peft/peftForms.ts';
import type { TensorFile } from '../adapters/files/stored.ts';
import { peftNames } from '../adapters/files/tensorNames.ts';
import { chosenPlaces, checkTensors, readTensors, tensorName } from '../adapters/files/wanted.ts';
import { methodOf } from '../adapters/compose.ts';
import { readPeftConfig } from '../adapters/files/peftConfig.ts';
import { type MethodFor, onTargets } from '../adapters/placement.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import { openSafetensors } from '../checkpoint/safetensors.ts';
import { RequestError } from '../errors.ts';
import { defaultTargetsOf } from '../families/index.ts';
import type { Role } from '../tensor/arena.ts';
import { type AdapterNotes, readNotes } from './adapterNotes.ts';
import type { Base } from './base.ts';
import { frozenTable } from './frozenTable.ts';
import { createModel, type Model } from './model.ts';
import { storedSites } from './storedSites.ts';
import { baseForTargets } from './untiedBase.ts';

export { type AboutAdapter, saveAdapter, type SavedAdapter } from './saveAdapter.ts';

/** An adapter on disk, of which configuration and names were read, the numbers not yet. */
export interface AdapterFolder {
  readonly folder: string;
  /** Who writes such folders: PEFT. */
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
  checkFolder(folder);
  const configFile = path.join(folder, 'adapter_config.json');
  const { value: configuration } = readJsonObject(configFile);
  const source = openTensors(path.join(folder, 'adapter_model.safetensors'));
  const { type } = readPeftConfig(configuration, { file: configFile, read: source.read });
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
      const {
        recipe,
        targets: targetsOn,
        steps,
      } = readPeftConfig(configuration, { file: configFile, read: source.read });
      const method = methodOf(steps === null ? { ...recipe, control: undefined } : recipe); // a schedule needs its steps
      const targets = targetsOn(defaultTargetsOf(base.config));
      const placedOn = baseForTargets(base, targets);
      const methodFor = onTargets(method, placedOn.sites, targets);
      const places = chosenPlaces(placedOn.sites, methodFor);
      const names = peftNames(storedSites(placedOn), type, targets);
      const { wanted, beside, tableOf } = peftForms(configuration, configFile, places, names);
      checkTensors(source, wanted, beside);
      checkTables(source, tableOf, base);
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

/** A model of one lane with the adapter on it, at its stored numbers. */
export function loadAdapter(base: Base, folder: AdapterFolder | string): Model {
  const opened = typeof folder === 'string' ? openAdapter(folder) : folder;
  const { base: placedOn, methodFor, numbers, steps } = opened.on(base);
  return createModel(placedOn, { seeds: [0], methodFor, steps, initial: numbers });
}

function checkFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory())
    throw new RequestError(
      `${folder}: ${stat ? 'a file, expected the adapter folder that holds it' : 'no such folder'}`,
    );
  const has = (name: string): boolean => existsSync(path.join(folder, name));
  if (!has('adapter_config.json')) {
    const named = readdirSync(folder).filter((name) => has(path.join(name, 'adapter_config.json')));
    throw new RequestError(
      named.length > 0
        ? `${folder} holds adapters by name (${named.join(', ')}); give the folder of one of them`
        : `${folder} holds no adapter: expected adapter_config.json beside adapter_model.safetensors`,
    );
  }
  if (has('adapter_model.safetensors')) return;
  if (has('adapter_model.bin'))
    throw new RequestError(
      `${path.join(folder, 'adapter_model.bin')} is a pickle, which can run any code when it is opened, and is not read; convert it in Python: ` +
        `safetensors.torch.save_file(torch.load("adapter_model.bin", weights_only=True), "adapter_model.safetensors")`,
    );
  throw new RequestError(`${folder} has no adapter_model.safetensors`);
}

/** Opened for each reading, so that nothing stays open. */
function openTensors(file: string): TensorFile {
  const opened = openSafetensors(file);
  const shapes = new Map([...opened.tensors].map(([key, { shape }]) => [key, shape]));
  opened.close();
  return {
    file,
    shapes,
    read(key) {
      const again = openSafetensors(file);
      try {
        return again.read(key);
      } finally {
        again.close();
      }
    },
  };
}

function checkBase({ hash }: Base, notes: AdapterNotes | null, folder: string): void {
  if (!notes || notes.base.sha256 === hash) return;
  throw new RequestError(
    `${folder} is an adapter of another base: adapterlab.json says ${notes.base.name}, sha256 ${notes.base.sha256}, and this one has ${hash}; to try it all the same, delete adapterlab.json`,
  );
}

/** The tables that PEFT saves along with an adapter must be this base's, but for what rounding to bfloat16 may have changed. */
function checkTables({ file, shapes, read }: TensorFile, tableOf: (key: string) => string | null, base: Base): void {
  for (const key of shapes.keys()) {
    const site = tableOf(key);
    if (site === null) continue;
    const wanted = frozenTable(base, site);
    const found = read(key);
    if (found.shape.join() !== wanted.shape.join())
      throw new RequestError(
        `${file}: ${key}: expected [${wanted.shape.join(', ')}] as in the base, found [${found.shape.join(', ')}]`,
      );
    const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const at = found.data.findIndex((value, i) => !(Math.abs(value - wanted.data[i]!) <= largest / 128));
    if (at >= 0)
      throw new RequestError(
        `${file}: ${key} is not the base's: number ${at} is ${found.data[at]}, in the base ${wanted.data[at]}; the adapter is of another base`,
      );
  }
}
