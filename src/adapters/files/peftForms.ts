/** The tensors that an adapter_model.safetensors must hold by its configuration, on the places of a base. */
import type { Method } from '../types.ts';
import type { TensorNames } from './tensorNames.ts';
import { type ChosenPlace, trainedTensors, type WantedTensor } from './wanted.ts';
import { cutForm } from './cutForm.ts';
import { checkKept, checkPattern } from './patternCheck.ts';

export interface PeftForms {
  readonly wanted: readonly WantedTensor[];
  /** Keys that may stand beside them: frozen tensors of the base or of the method. */
  readonly beside: (key: string) => boolean;
  /** The checkpoint's tensor that a key holds unchanged: PEFT saves the whole embedding beside its adapter. Null for any other. */
  readonly tensorOf: (key: string) => string | null;
}

/** Throws a RequestError for a pattern that is not of these places. */
export function peftForms(
  configuration: Readonly<Record<string, unknown>>,
  file: string,
  places: readonly ChosenPlace[],
  names: TensorNames,
): PeftForms {
  const isSvd = configuration.peft_type === 'ADALORA';
  const sites = places.filter(({ method }) => !isDense(method)).map(({ name }) => name);
  const { rank_pattern: ranks, alpha_pattern: alphas } = configuration as { [key: string]: object | null | undefined };
  checkPattern('alpha_pattern', Object.keys(alphas ?? {}), sites, file);
  const kept = isSvd ? ((ranks ?? {}) as { [key: string]: boolean[] }) : {};
  if (isSvd)
    checkKept(kept, places.find(({ method }) => !isDense(method))!.method.update.spec.rank as number, sites, file);
  else checkPattern('rank_pattern', Object.keys(ranks ?? {}), sites, file);
  const wanted = trainedTensors(places).map((tensor): WantedTensor => {
    const whole = names.of(tensor.site, tensor.role, tensor.shape);
    if (!whole) throw new Error(`PEFT has no name for the role '${tensor.role}' of ${tensor.site}`);
    const of = kept[`${tensor.site}.lora_E`];
    return { ...tensor, stored: of ? cutForm(whole, tensor.role, of) : whole };
  });
  const trained = new Set(wanted.map(({ stored }) => stored.key));
  const isCopy = (key: string): boolean => copyOfModule.test(key) && trained.has(key.replace(copyOfModule, '.'));
  return {
    wanted,
    beside: (key) => names.isFrozen(key) || isCopy(key),
    tensorOf: (key) => (trained.has(key) ? null : names.tensorOf(key)),
  };
}

/** PEFT writes biases of modules that train whole a second and third time where `bias` is all: of the original, and by adapter. */
const copyOfModule = /\.(?:original_module|modules_to_save\.[^.]+)\./;

/** A tensor of the base that trains as it is, beside the adapter. */
const isDense = ({ update }: Method): boolean => update.spec.type === 'dense';
