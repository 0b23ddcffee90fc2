import { z } from 'zod';

/** What follows from the plan and the base once the adapters are in place; computed once, so that no reader has to. */
export interface Derived {
  sites: AdaptedSite[];
  trainableParameters: number;
  trainableParametersAtEnd: number;
  baseParameters: number;
  bytes: BytesByHolder;
  baseHash: string;
  learnHash: string;
  retainHash: string;
  startsEqualToBase: boolean;
}

export interface AdaptedSite {
  name: string;
  kind: string;
  rank?: number;
  scale?: number;
  parameters: number;
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
      .array(
        z.strictObject({
          name: z.string().describe("The checkpoint's name of the site"),
          kind: z.string().describe('linear, part, embedding, vector ...'),
          rank: count.optional().describe('Rank of the update at the start'),
          scale: z.number().optional().describe('Effective scale of the update: alpha / rank or what the recipe says'),
          parameters: count.describe('Numbers trained at this site, at the start'),
        }),
      )
      .describe('Every adapted site'),
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
