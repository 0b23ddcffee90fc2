/** The types of adapters that can be read: one file and one line each. */
import { adaloraType } from './adalora.ts';
import { ia3Type } from './ia3.ts';
import { loraType } from './lora.ts';
import { lohaType, lokrType } from './lycoris.ts';
import type { PeftType } from './peftType.ts';
import { veraType } from './vera.ts';

export const peftTypes: { readonly [name: string]: PeftType } = {
  ADALORA: adaloraType,
  IA3: ia3Type,
  LOHA: lohaType,
  LOKR: lokrType,
  LORA: loraType,
  VERA: veraType,
};
