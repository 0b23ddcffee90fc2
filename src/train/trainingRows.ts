/** What is noted of a training run as rows of a table for people. */
import type { Json } from '../adapters/json.ts';

/** A row a name; what lies deeper is in one cell. A run that was stopped says so first. */
export function trainingRows({ stoppedAt, ...training }: { readonly [name: string]: Json }): string[] {
  const stopped =
    stoppedAt === undefined ? [] : [`| stopped at step | ${text(stoppedAt)} of ${text(training.steps ?? null)} |`];
  const told = Object.entries(training).filter(([, value]) => value !== null);
  return [...stopped, ...told.map(([name, value]) => `| ${name} | ${text(value)} |`)];
}

function text(value: Json): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (value === null || typeof value !== 'object') return String(value).replaceAll('|', '\\|');
  const parts: readonly (readonly [string, Json])[] = Object.entries(value);
  return parts.map(([name, part]) => (Array.isArray(value) ? text(part) : `${name} ${text(part)}`)).join(', ');
}
