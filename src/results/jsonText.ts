const lineLength = 120;

/**
 * JSON to read and to keep by the thousand: indented, with a list of numbers and whatever else fits in a line on one line. The same
 * value gives the same bytes.
 */
export function jsonText(value: unknown): string {
  return `${written(value, '')}\n`;
}

function written(value: unknown, indent: string): string {
  const line = onOneLine(value);
  if (typeof value !== 'object' || value === null) return line;
  if (isColumn(value) || indent.length + line.length <= lineLength) return line;
  const inner = `${indent}  `;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((part) => written(part, inner))]
    : ['{', '}', entriesOf(value).map(([key, part]) => `${JSON.stringify(key)}: ${written(part, inner)}`)];
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const parts = entriesOf(value).map(([key, part]) => `${JSON.stringify(key)}: ${onOneLine(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** As JSON.stringify: a field that is undefined is none. */
const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, part]) => part !== undefined);

const isColumn = (value: object): boolean =>
  Array.isArray(value) && value.every((part) => typeof part !== 'object' || part === null);
