/**
 * adapterlab.json, beside the files of PEFT, which passes over it: what they have no place for. The method by its parts (LoRA+'s
 * rates, a rank allocator, dropout), the base with its hash and how it was held (NF4 …), and what the caller tells of the training.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Json, Spec } from '../adapters/json.ts';
import type { TrainedSite } from '../adapters/trainedSite.ts';
import { writeWhole } from '../atomicFile.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import { RequestError } from '../errors.ts';

/** One method and the sites that have it. */
export interface MethodNotes {
  readonly sites: readonly string[];
  readonly storage: Spec;
  readonly update: Spec;
  readonly rescale: Spec;
  readonly groups: Spec;
  readonly control: Spec;
  readonly dropout: number;
}

export interface AdapterNotes {
  /** Of this file; a reader refuses a later one. */
  readonly version: 1;
  readonly base: {
    readonly name: string;
    /** Of its config.json and tensors, whatever the storage. */
    readonly sha256: string;
    readonly storage: Spec;
  };
  readonly methods: readonly MethodNotes[];
  readonly trainedParameters: number;
  /** Seed, steps, optimizer, data: whatever the caller said. */
  readonly training: { readonly [name: string]: Json };
}

const json = z.json() as z.ZodType<Json>;
const spec = z.looseObject({ type: z.string() }) as unknown as z.ZodType<Spec>;
const schema: z.ZodType<AdapterNotes> = z.looseObject({
  version: z.literal(1),
  base: z.looseObject({ name: z.string(), sha256: z.string(), storage: spec }),
  methods: z.array(
    z.looseObject({
      sites: z.array(z.string()),
      storage: spec,
      update: spec,
      rescale: spec,
      groups: spec,
      control: spec,
      dropout: z.number(),
    }),
  ),
  trainedParameters: z.number(),
  training: z.record(z.string(), json),
});

const fileName = 'adapterlab.json';

export function writeNotes(folder: string, notes: AdapterNotes): string {
  writeWhole(path.join(folder, fileName), `${JSON.stringify(notes, null, 2)}\n`);
  return fileName;
}

/** Null where there is none, as in a folder that PEFT wrote. Throws a RequestError for one that cannot be understood. */
export function readNotes(folder: string): AdapterNotes | null {
  const file = path.join(folder, fileName);
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(readJsonObject(file).value);
  if (!parsed.success)
    throw new RequestError(
      `${file}: ${z.prettifyError(parsed.error)}\n(delete the file to read the folder without it)`,
    );
  return parsed.data;
}

/** The methods of sites, equal ones together. */
export function methodNotes(sites: readonly TrainedSite[]): MethodNotes[] {
  const found = new Map<string, { notes: Omit<MethodNotes, 'sites'>; sites: string[] }>();
  for (const { name, method } of sites.flatMap(({ parts }) => parts)) {
    const { storage, update, rescale, groups, control, dropout } = method;
    const notes = {
      storage: storage.spec,
      update: update.spec,
      rescale: rescale.spec,
      groups: groups.spec,
      control: control.spec,
      dropout,
    };
    const key = JSON.stringify(notes);
    const same = found.get(key) ?? { notes, sites: [] };
    same.sites.push(name);
    found.set(key, same);
  }
  return [...found.values()].map(({ notes, sites: names }) => ({ sites: names, ...notes }));
}
