/** What config.json says of weights that were quantized before they were saved. */
import type { Spec } from '../adapters/json.ts';
import { RequestError, Unsupported } from '../errors.ts';

/** Throws Unsupported for weights that were quantized in a way that is not read here. */
export function checkQuantization(config: object): void {
  const { quantization_config: given } = config as {
    readonly quantization_config?: { readonly quant_method?: unknown; readonly load_in_8bit?: unknown } | null;
  };
  if (typeof given !== 'object' || given === null) return;
  const { quant_method: method, load_in_8bit: in8Bits } = given;
  if (method === 'bitsandbytes' && in8Bits !== true) return;
  const by = typeof method === 'string' ? `${method}${in8Bits === true ? ' in 8 bits' : ''}` : 'an unknown method';
  throw new Unsupported(
    `the weights are quantized by ${by} (config.json, quantization_config): only full ones and those of bitsandbytes in 4 bits are read`,
  );
}

/** Codes are taken over as they are; float32, the default, asks for nothing. */
export function checkHeld(saved: Spec, asked: Spec): void {
  const [there, wanted] = [saved, asked].map((spec) => JSON.stringify(spec));
  if (asked.type !== 'float32' && there !== wanted)
    throw new RequestError(
      `the base was saved in ${there} and is held so: it cannot be rounded once more to ${wanted}; leave the storage out`,
    );
}

/** What is written of this base, merged or not, is in full numbers. */
export function withoutQuantization(config: object): object {
  const { quantization_config: _, ...rest } = config as { readonly quantization_config?: unknown };
  return rest;
}
