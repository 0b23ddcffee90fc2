/**
 * What stands in every adapter_config.json of PEFT, with the value that it has unless said otherwise. PEFT 0.21.2 writes all of its
 * keys, sorted, and so do we: what reads only some of them finds them, and older versions pass over those they do not know.
 */
import type { Json } from '../../json.ts';

/** The version of PEFT whose files these are. */
export const peftVersion = '0.21.2';

export type Configuration = { readonly [key: string]: Json };

/** Of every type. */
export const commonConfiguration: Configuration = {
  auto_mapping: null,
  base_model_name_or_path: null,
  inference_mode: true,
  modules_to_save: null,
  peft_version: peftVersion,
  revision: null,
  target_modules: null,
  task_type: null,
};

/** Of the types that can be confined to layers. */
export const layersConfiguration: Configuration = { layers_pattern: null, layers_to_transform: null };

/** JSON as PEFT writes it: keys sorted at every depth, two spaces. */
export function configurationText(configuration: Configuration): string {
  return `${JSON.stringify(sorted(configuration), null, 2)}\n`;
}

function sorted(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(sorted);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json as Configuration).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}
