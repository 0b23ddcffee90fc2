/**
 * Methods as experiments call them, in the order in which they get colours, in two rounds of eight. A colour is a method's in every
 * report: a name that is moved here changes colour everywhere.
 */
export const methodNames: readonly string[] = [
  'LoRA',
  'LoRA+',
  'DoRA',
  'AdaLoRA',
  'full',
  'QLoRA',
  'PiSSA',
  'rsLoRA',
  'frozen',
  'QDoRA',
  'OLoRA',
  'VeRA',
  'LoRA-FA',
  'EVA',
  'BitFit',
  'IA3',
];

const key = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[²³]/g, (digit) => (digit === '³' ? '3' : '2'))
    .replace(/[()\s]/g, '');

/** The method whose name a variant's is, in any case; null where it is none. */
export function methodNamed(variant: string): string | null {
  return methodNames.find((method) => key(method) === key(variant)) ?? null;
}

/** The method that a variant's name begins with, as a word of its own: `LoRA` of `LoRA, rank 8`; null where there is none. */
export function methodOfVariant(variant: string): string | null {
  const lower = variant.toLowerCase();
  const fitting = methodNames.filter((method) => {
    const rest = lower.slice(method.length);
    return lower.startsWith(method.toLowerCase()) && !/^[\p{L}\p{N}+]|^-\p{L}/u.test(rest);
  });
  return fitting.sort((a, b) => b.length - a.length).at(0) ?? methodNamed(variant);
}
