import { RequestError } from '../errors.ts';

/** The texts in the named fields of each line, every line a JSON object. Throws a RequestError that says which line lacks what. */
export function jsonLines<Field extends string>(
  file: string,
  text: string,
  fields: readonly Field[],
): Record<Field, string>[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const row = objectOf(line);
    const missing = fields.find((field) => typeof row?.[field] !== 'string' || row[field].trim() === '');
    if (row === null || missing !== undefined)
      throw new RequestError(
        `${file}: line ${i + 1} is ${row === null ? 'no JSON object' : `an object without a text "${missing}"`}; ` +
          `each line must hold ${fields.join(' and ')}.`,
      );
    return row as Record<Field, string>;
  });
}

function objectOf(line: string): { readonly [field: string]: unknown } | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? (value as { [field: string]: unknown }) : null;
  } catch {
    return null;
  }
}
