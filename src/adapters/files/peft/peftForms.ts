/** The tensors that an adapter_model.safetensors must hold by its configuration, on the places of a base. */
import { peftTensor } from '../peftKeys.ts';
import { type ChosenPlace, trainedTensors, type WantedTensor } from '../wanted.ts';
import { cutForm } from './adalora.ts';
import { baseTableKey } from './lora.ts';
import { checkKept, checkPattern } from './patternCheck.ts';

export interface PeftForms {
  readonly wanted: readonly WantedTensor[];
  /** Keys that may stand beside them: frozen tensors of the base or of the method. */
  readonly beside: (key: string) => boolean;
  /** The site whose frozen table a key holds: PEFT saves the whole embedding beside its adapter. Null for any other key. */
  readonly tableOf: (key: string) => string | null;
}

/** Throws a RequestError for a pattern that is not of these places. */
export function peftForms(
  configuration: Readonly<Record<string, unknown>>,
  file: string,
  places: readonly ChosenPlace[],
): PeftForms {
  const isSvd = configuration.peft_type === 'ADALORA';
  const names = places.map(({ name }) => name);
  const { rank_pattern: ranks, alpha_pattern: alphas } = configuration as { [key: string]: object | null | undefined };
  checkPattern('alpha_pattern', Object.keys(alphas ?? {}), names, file);
  const kept = isSvd ? ((ranks ?? {}) as { [key: string]: boolean[] }) : {};
  if (isSvd) checkKept(kept, places[0]!.method.update.spec.rank as number, names, file);
  else checkPattern('rank_pattern', Object.keys(ranks ?? {}), names, file);
  const wanted = trainedTensors(places).map((tensor): WantedTensor => {
    const whole = peftTensor(tensor, tensor.kind, isSvd);
    const of = kept[`${tensor.site}.lora_E`];
    return { ...tensor, stored: of ? cutForm(whole, tensor.role, of) : whole };
  });
  const tables = new Map(places.map(({ name }) => [baseTableKey(name), name]));
  const tableOf = (key: string): string | null => tables.get(key) ?? null;
  return { wanted, tableOf, beside: (key) => tables.has(key) || key.startsWith('base_model.vera_') };
}
