/** What a bench writes: bench.json, checked and published as docs/bench.schema.json. */
import { z } from 'zod';
import { type Environment, environment } from '../results/record/environment.ts';

/** Name and version of the format. A field that changes its meaning changes the number. */
export const benchSchemaName = 'adapterlab/bench/1';

/** Quartiles, least and most. */
export interface Spread {
  low: number;
  high: number;
  least: number;
  most: number;
}

/** A number that a row is held against. `reached` is null where it was not measured. */
export interface MeasuredFigure {
  what: string;
  against: string;
  ratio: number | null;
  reach: number;
  stretch?: number;
  reached: boolean | null;
}

export interface MeasuredRow {
  name: string;
  what: string;
  engine: string;
  threads: number | null;
  unit: string;
  better: 'lower' | 'higher';
  ours: number | null;
  peer: number | null;
  ratio: number | null;
  oursSpread: Spread | null;
  peerSpread: Spread | null;
  samples: Record<string, number[]>;
  figures: MeasuredFigure[];
  peakBytes: { ours: number; peer: number | null; ratio: number | null } | null;
  counts: Record<string, number>;
  error: string | null;
  skipped: string | null;
  measuredAt: string;
  seconds: number;
}

export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  platform: string;
}

export interface BenchRecord {
  schema: typeof benchSchemaName;
  quick: boolean;
  machine: Machine;
  ours: Environment;
  peer: Environment | null;
  rows: MeasuredRow[];
}

const measure = z.number().nonnegative();
const spread = z
  .strictObject({ low: measure, high: measure, least: measure, most: measure })
  .describe('First and third quartile, least and most, in the unit of the row');

const figure = z.strictObject({
  what: z.string().describe('What is compared'),
  against: z.string().describe('With what'),
  ratio: measure.nullable().describe('Ours divided by that; null where it was not measured'),
  reach: measure.describe('What the ratio is to be at most, or at least where higher is better'),
  stretch: measure.optional(),
  reached: z.boolean().nullable().describe('Null where it was not measured'),
});

const row: z.ZodType<MeasuredRow> = z.strictObject({
  name: z.string().min(1).describe('Unique in the file'),
  what: z.string(),
  engine: z.string().describe('Engine that our side ran on'),
  threads: z.int().positive().nullable().describe('Threads of each side; null where a row has its own arrangement'),
  unit: z.string().describe('Unit of ours, peer, spreads and samples'),
  better: z.enum(['lower', 'higher']),
  ours: measure.nullable().describe('Median; null where the measurement failed or was not made'),
  peer: measure.nullable().describe('Median of the peer; null without one, or where it has nothing like it'),
  ratio: measure.nullable().describe('ours / peer'),
  oursSpread: spread.nullable(),
  peerSpread: spread.nullable(),
  samples: z.record(z.string(), z.array(measure)).describe('Every measurement, by side'),
  figures: z.array(figure).describe('Numbers that the row is held against; missing one is no failure'),
  peakBytes: z
    .strictObject({ ours: measure, peer: measure.nullable(), ratio: measure.nullable() })
    .nullable()
    .describe('Most resident memory of the processes; null where memory is not what the row is about'),
  counts: z.record(z.string(), measure).describe('What was counted of ours: bytes of a file, engine calls of a step'),
  error: z.string().nullable().describe('Why the measurement failed'),
  skipped: z.string().nullable().describe('Why it was not made'),
  measuredAt: z.iso.datetime().describe('UTC, ISO 8601'),
  seconds: measure.describe('That the whole row took'),
});

const schema = z.strictObject({
  schema: z.literal(benchSchemaName),
  quick: z.boolean().describe('Few repetitions of little work: to try the bench, not to report'),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int().positive(),
    memoryBytes: measure,
    platform: z.string(),
  }),
  ours: environment,
  peer: environment.nullable(),
  rows: z.array(row),
});

export const benchRecord: z.ZodType<BenchRecord> = schema;

/** The published schema: `docs/bench.schema.json`. */
export function benchJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return { $schema, title: 'Measurements of one machine', ...rest };
}
