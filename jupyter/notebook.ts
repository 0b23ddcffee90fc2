/** The notebook format, version 4.5: as much of it as is read and written here. Text is one string, split into lines only in the file. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { RequestError } from '../src/errors.ts';
import { writeWhole } from '../src/atomicFile.ts';

export interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: string;
}

/** What `display` showed, by media type; images other than SVG are base64. */
export interface DisplayOutput {
  output_type: 'display_data';
  data: { [mediaType: string]: string };
  metadata: object;
}

export type Output = StreamOutput | DisplayOutput;

export interface MarkdownCell {
  cell_type: 'markdown';
  id: string;
  metadata: object;
  source: string;
}

export interface CodeCell {
  cell_type: 'code';
  execution_count: number | null;
  id: string;
  metadata: object;
  outputs: Output[];
  source: string;
}

export type Cell = MarkdownCell | CodeCell;

export interface Notebook {
  cells: Cell[];
  metadata: object;
  nbformat: 4;
  nbformat_minor: number;
}

const text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(''))]);
const shared = { id: z.string(), metadata: z.looseObject({}), source: text };
const stream = z.object({ output_type: z.literal('stream'), name: z.enum(['stdout', 'stderr']), text });
const display = z.object({
  output_type: z.literal('display_data'),
  data: z.record(z.string(), text),
  metadata: z.looseObject({}),
});
const notebook: z.ZodType<Notebook> = z.object({
  cells: z.array(
    z.discriminatedUnion('cell_type', [
      z.object({ cell_type: z.literal('markdown'), ...shared }),
      z.object({
        cell_type: z.literal('code'),
        ...shared,
        execution_count: z.number().nullable(),
        outputs: z.array(z.discriminatedUnion('output_type', [stream, display])),
      }),
    ]),
  ),
  metadata: z.looseObject({}),
  nbformat: z.literal(4),
  nbformat_minor: z.number().min(5),
});

/** A file that is no notebook of this format is a RequestError that says where it departs. */
export function readNotebook(file: string): Notebook {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RequestError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const parsed = notebook.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new RequestError(`${file} is no notebook of format 4.5: ${path.join('.')}: ${message}`);
}

/** As Jupyter writes it: keys sorted, indented by one, long text a list of lines. */
export function writeNotebook(file: string, { cells, ...rest }: Notebook): void {
  const inFile = { cells: cells.map(cellInFile), ...rest };
  writeWhole(file, `${JSON.stringify(inFile, sortedKeys, 1)}\n`);
}

function cellInFile(cell: Cell): object {
  const source = lines(cell.source);
  return cell.cell_type === 'code' ? { ...cell, source, outputs: cell.outputs.map(outputInFile) } : { ...cell, source };
}

function outputInFile(output: Output): object {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  const data = Object.entries(output.data).map(([type, value]) => [type, isBase64(type) ? value : lines(value)]);
  return { ...output, data: Object.fromEntries(data) as object };
}

/** Whether a displayed value is bytes. */
export const isBase64 = (mediaType: string): boolean => /^image\/(?!svg)|^application\/pdf/.test(mediaType);

const lines = (value: string): string[] => value.match(/[^\n]*\n|[^\n]+/g) ?? [];

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
