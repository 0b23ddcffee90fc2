import { readFileSync } from 'node:fs';
import { RequestError } from '../errors.ts';

/** Reads a file that must hold one JSON object; `text` is what the file holds. Throws RequestError if it is missing or anything else. */
export function readJsonObject(file: string): { text: string; value: Record<string, unknown> } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new RequestError(`${file}: cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RequestError(`${file}: not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { text, value: value as Record<string, unknown> };
  throw new RequestError(`${file}: expected a JSON object, found ${text.trim().slice(0, 60)}`);
}
