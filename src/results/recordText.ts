import type { RunRecord } from './record.ts';

/** A record as its file: a field a line, without other space, for they are kept by the thousand. The same record gives the same bytes. */
export function recordText(record: RunRecord): string {
  const fields = Object.entries(record).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`],
  );
  return `{\n${fields.join(',\n')}\n}\n`;
}
