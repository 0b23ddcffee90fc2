/** The file of an analysis, `<folder>/analysis.json`. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { type Analysis, analysis as schema } from './analysis.ts';
import { jsonText } from './jsonText.ts';
import { firstIssue, parseAnalysis } from './parse.ts';

export const analysisFile = (folder: string): string => path.join(folder, 'analysis.json');

/** Gives its file. What does not fit the schema is an Error. */
export function writeAnalysis(folder: string, analysis: Analysis): string {
  const checked = schema.safeParse(analysis);
  if (!checked.success) throw new Error(`analysis of ${analysis.experiment}: ${firstIssue(checked.error)}`);
  const file = analysisFile(folder);
  writeWhole(file, jsonText(analysis));
  return file;
}

/** Null where there is none; a broken one is a RequestError with file and field. */
export function readAnalysis(folder: string): Analysis | null {
  const file = analysisFile(folder);
  return existsSync(file) ? parseAnalysis(readFileSync(file, 'utf8'), file) : null;
}
