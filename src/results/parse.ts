import { z } from 'zod';
import { RequestError } from '../errors.ts';
import { type Analysis, analysis, analysisSchemaName } from './analysis.ts';
import { type ExperimentPlan, experimentPlan, planSchemaName } from './experimentPlan.ts';
import { type RunRecord, recordSchemaName, runRecord } from './record.ts';

/** Reads a record's text. Throws a RequestError that names the file and the first field that is wrong. */
export function parseRecord(text: string, file: string): RunRecord {
  return parse(text, file, runRecord, recordSchemaName, 'delete it, and run the experiment again to make it anew');
}

/** Reads a plan's text; errors as `parseRecord`. */
export function parsePlan(text: string, file: string): ExperimentPlan {
  return parse(text, file, experimentPlan, planSchemaName, 'restore it, or run the experiment into another folder');
}

/** Reads an analysis' text; errors as `parseRecord`. */
export function parseAnalysis(text: string, file: string): Analysis {
  return parse(text, file, analysis, analysisSchemaName, 'delete it, or analyse the folder again');
}

function parse<T>(text: string, file: string, schema: z.ZodType<T>, name: string, remedy: string): T {
  const wrong = (what: string): RequestError => new RequestError(`${file}: ${what}; ${remedy}`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw wrong(`not JSON, cut off or edited (${(error as Error).message})`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw wrong('not a JSON object');
  const found = (content as { schema?: unknown }).schema;
  if (found !== name)
    throw new RequestError(
      `${file}: its schema is ${JSON.stringify(found) ?? 'missing'}, but this version of adapterlab reads ${JSON.stringify(name)}; ` +
        'read it with the version that wrote it, or run the experiment into another folder',
    );
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw wrong(firstIssue(result.error));
}

/** The first thing that a schema found wrong: `history.lossNats[3]: expected number, received string`. */
export function firstIssue(error: z.ZodError): string {
  const [{ path, message }] = error.issues;
  const where = z.core.toDotPath(path);
  return `${where === '' ? 'the whole' : where}: ${message.replace(/^Invalid input: /, '')}`;
}
