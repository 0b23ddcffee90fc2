const lineLength = 200;

/**
 * JSON to read: a field a line, with a list of numbers and whatever else fits in a line on one line. The same value gives the same
 * bytes.
 */
export function jsonText(value: unknown): string {
  return `${written(value, '')}\n`;
}

/** As JSON.stringify: a field that is undefined is none. */
function written(value: unknown, indent: string): string {
  const line = JSON.stringify(value) ?? 'null';
  if (typeof value !== 'object' || value === null) return line;
  if (isColumn(value) || indent.length + line.length <= lineLength) return line;
  const inner = `${indent} `;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((part) => written(part, inner))]
    : ['{', '}', fieldsOf(value).map(([key, part]) => `${JSON.stringify(key)}: ${written(part, inner)}`)];
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

const fieldsOf = (value: object): [string, unknown][] => Object.entries(value).filter(([, part]) => part !== undefined);

const isColumn = (value: object): boolean =>
  Array.isArray(value) && value.every((part) => typeof part !== 'object' || part === null);
