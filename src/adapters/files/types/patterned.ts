/** rank_pattern and alpha_pattern: what most sites have is the rule, and a pattern says who differs. */
import { keyMatches, type Pattern } from '../../pattern.ts';
import { shortestEndings } from '../endings.ts';

export interface Patterned {
  readonly usual: number;
  readonly pattern: Pattern;
}

/** The most frequent value (the larger of equally frequent ones), and a pattern for the sites with another. */
export function patterned(values: readonly { readonly name: string; readonly value: number }[]): Patterned {
  const byValue = new Map<number, string[]>();
  for (const { name, value } of values) byValue.set(value, [...(byValue.get(value) ?? []), name]);
  const [first, ...others] = [...byValue].sort(([a, of], [b, among]) => among.length - of.length || b - a);
  const [usual] = first!;
  const names = values.map(({ name }) => name);
  const pattern = others.flatMap(([value, own]) => {
    return shortestEndings(own, names).map((ending): [string, number] => [unmistakable(ending, own, names), value]);
  });
  return { usual, pattern: Object.fromEntries(pattern) };
}

/** An ending read as the regular expression that a pattern's key is: its dots match anything. Escaped where that matters. */
function unmistakable(ending: string, own: readonly string[], all: readonly string[]): string {
  const matchesOthers = all.some((name) => !own.includes(name) && keyMatches(ending, name));
  return matchesOthers ? ending.replaceAll('.', String.raw`\.`) : ending;
}
