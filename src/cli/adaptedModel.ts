/** A network with or without an adapter on it, for verbs that train nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { storageByName, storageOf } from '../adapters/storage/index.ts';
import type { Storage } from '../adapters/types.ts';
import type { Command } from 'commander';
import { float32 } from '../adapters/storage/float32.ts';
import { startEngine } from '../tensor/engine.ts';
import { type AdapterFolder, loadAdapter, openAdapter } from '../train/adapterFolder.ts';
import { type Base, loadBase } from '../train/base.ts';
import { createModel, type Model } from '../train/model.ts';
import { engineOption } from './options.ts';
import { openOwnModel, type OwnModel } from './ownModel.ts';

export interface ModelArguments {
  readonly model?: string;
  readonly adapter?: string;
  readonly storage?: string;
  readonly engine?: string;
}

export function withModelOptions(command: Command): Command {
  return command
    .option(
      '--model <folder>',
      "checkpoint folder; by default the adapter's base where that is a folder, else the base of this package",
    )
    .option('--storage <name>', 'how the base is held; by default as the adapter was trained on it, or float32')
    .addOption(engineOption());
}

/** What was found in the folders, before an engine is started. */
export interface Opened {
  readonly own: OwnModel;
  readonly adapter: AdapterFolder | null;
  readonly storage: Storage;
  close(): void;
}

/** Close it when done. A RequestError that names what is missing or broken. */
export function openAdapted({ model, adapter: folder, storage }: ModelArguments): Opened {
  const adapter = folder === undefined ? null : openAdapter(folder);
  const held = adapter?.notes?.base.storage;
  const asked = storage === undefined ? (held ? storageOf(held) : float32()) : storageByName(storage);
  const own = openOwnModel(model ?? baseFolderOf(adapter));
  return { own, adapter, storage: asked, close: () => own.checkpoint.close() };
}

/** What the adapter says its base is, where there is such a model folder. */
function baseFolderOf(adapter: AdapterFolder | null): string | undefined {
  const name = adapter?.baseName ?? '';
  return name !== '' && existsSync(path.join(name, 'config.json')) ? name : undefined;
}

/** Starts the engine, loads both, and frees them after `work`. */
export async function withModel<T>(
  { own, adapter, storage }: Opened,
  engine: string | undefined,
  work: (model: Model, base: Base) => Promise<T>,
): Promise<T> {
  await startEngine({ engine });
  const base = loadBase(own.checkpoint, storage);
  try {
    const model = adapter ? loadAdapter(base, adapter) : createModel(base, { seeds: [0], methodFor: () => null });
    try {
      return await work(model, base);
    } finally {
      model.dispose();
    }
  } finally {
    base.dispose();
  }
}
