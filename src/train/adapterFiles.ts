/** The files of an adapter folder: which there are, and reading their tensors. Throws RequestErrors that say what is missing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TensorFile } from '../adapters/files/stored.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import { openSafetensors } from '../checkpoint/safetensors.ts';
import { RequestError } from '../errors.ts';

export interface AdapterFiles {
  readonly configFile: string;
  /** What adapter_config.json holds; null where there is none. */
  readonly configuration: Readonly<Record<string, unknown>> | null;
  readonly source: TensorFile;
}

/** PEFT's and torchtune's name of the tensors, and mlx-lm's. */
const tensorFiles = ['adapter_model.safetensors', 'adapters.safetensors'];

export function adapterFiles(folder: string): AdapterFiles {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory())
    throw new RequestError(
      `${folder}: ${stat ? 'a file, expected the adapter folder that holds it' : 'no such folder'}`,
    );
  const has = (name: string): boolean => existsSync(path.join(folder, name));
  const tensors = tensorFiles.find(has);
  const configFile = path.join(folder, 'adapter_config.json');
  const hasConfig = has('adapter_config.json');
  if (!tensors) throw noTensors(folder, has, hasConfig);
  return {
    configFile,
    configuration: hasConfig ? readJsonObject(configFile).value : null,
    source: openTensors(path.join(folder, tensors)),
  };
}

function noTensors(folder: string, has: (name: string) => boolean, hasConfig: boolean): RequestError {
  if (has('adapter_model.bin'))
    return new RequestError(
      `${path.join(folder, 'adapter_model.bin')} is a pickle, which can run any code when it is opened, and is not read; convert it in Python: ` +
        `safetensors.torch.save_file(torch.load("adapter_model.bin", weights_only=True), "adapter_model.safetensors")`,
    );
  if (hasConfig) return new RequestError(`${folder} has no adapter_model.safetensors`);
  if (has('config.json'))
    return new RequestError(`${folder} is a model folder, not an adapter: open it as a checkpoint (openCheckpoint)`);
  const named = readdirSync(folder).filter((name) => has(path.join(name, 'adapter_config.json')));
  return new RequestError(
    named.length > 0
      ? `${folder} holds adapters by name (${named.join(', ')}); give the folder of one of them`
      : `${folder} holds no adapter: expected adapter_config.json beside adapter_model.safetensors`,
  );
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
