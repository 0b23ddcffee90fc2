/** Which system wrote an adapter, told by its configuration and the names of its tensors. */
import type { TensorFile } from '../stored.ts';
import type { Dialect } from './dialect.ts';
import { holdsLoralib, isLoralib, loralib } from './loralib.ts';
import { isMlxLm, mlxLm } from './mlxLm.ts';
import { isTorchtune, torchtune } from './torchtune.ts';

/** Null for PEFT, and for what nobody of these writes. `configuration`: adapter_config.json, where there is one. */
export function dialectOf(
  configFile: string,
  configuration: Readonly<Record<string, unknown>> | null,
  source: TensorFile,
): Dialect | null {
  const keys = [...source.shapes.keys()];
  if (isTorchtune(keys)) return torchtune(configuration ?? {}, configFile, source);
  if (isMlxLm(keys)) return mlxLm(configuration ?? {}, configFile, source);
  const saysNothing = configuration?.peft_type === undefined;
  if (isLoralib(configuration) || (saysNothing && holdsLoralib(keys)))
    return loralib(configuration ?? {}, configFile, source);
  return null;
}
