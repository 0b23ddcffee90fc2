/**
 * JSON as Python's json module writes it: where a reference program gave no number, it says NaN or Infinity, which JSON lacks. They are
 * null here. Throws a SyntaxError for what is no JSON otherwise.
 */
export function pythonJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return JSON.parse(text.replaceAll(/(?<=[[:,]\s*)(?:NaN|-?Infinity)(?=\s*[\],}])/g, 'null')) as unknown;
  }
}
