import { z } from 'zod';

/** What follows from the plan and the base once the adapters are in place; computed once, so that no reader has to. */
export interface Derived {
  sites: AdaptedSites;
  trainableParameters: number;
  trainableParametersAtEnd: number;
  baseParameters: number;
  bytes: BytesByHolder;
  baseHash: string;
  learnHash: string;
  retainHash: string;
  startsEqualToBase: boolean;
}

/** A table: one entry a site in each column. */
export interface AdaptedSites {
  name: string[];
  kind: string[];
  rank: (number | null)[];
  scale: (number | null)[];
  parameters: number[];
}

/** Memory of one run. What is frozen (`base`) is shared by the lanes of a group; the rest is per lane. */
export interface BytesByHolder {
  base: number;
  adapter: number;
  gradients: number;
  optimizer: number;
  activations: number;
}

const count = z.int().nonnegative();
const bytes = z.int().nonnegative();

export const derived: z.ZodType<Derived> = z
  .strictObject({
    sites: z
      .strictObject({
        name: z.array(z.string()).describe("The checkpoint's names of the sites"),
        kind: z.array(z.string()).describe('linear, part, embedding, vector ...'),
        rank: z.array(count.nullable()).describe('Rank of the update at the start; null where it has none'),
        scale: z
          .array(z.number().nullable())
          .describe('Effective scale of the update: alpha / rank or what the recipe says; null where it has none'),
        parameters: z.array(count).describe('Numbers trained at each site, at the start'),
      })
      .describe('Every adapted site: one entry in each column'),
    trainableParameters: count.describe('Numbers trained at the start'),
    trainableParametersAtEnd: count.describe('Numbers still in use at the end (fewer where ranks were pruned)'),
    baseParameters: count.describe('Numbers of the base network'),
    bytes: z
      .strictObject({ base: bytes, adapter: bytes, gradients: bytes, optimizer: bytes, activations: bytes })
      .describe('Memory by holder, for one run; what is frozen (base) is shared by the lanes of a group'),
    baseHash: z.string().describe("Hash of the base network's weights"),
    learnHash: z.string().describe("Hash of the target task's data"),
    retainHash: z.string().describe("Hash of the source task's data"),
    startsEqualToBase: z.boolean().describe('Whether the adapted network equals the base before the first step'),
  })
  .meta({ id: 'Derived' });
