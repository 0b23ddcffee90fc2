import { z } from 'zod';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Anything that JSON can say; no NaN, no Infinity, no undefined. */
export const json: z.ZodType<Json> = z.json().meta({ id: 'Json' });
/** An object of such values. */
export const jsonObject: z.ZodType<Record<string, Json>> = z.record(z.string(), json).meta({ id: 'JsonObject' });
