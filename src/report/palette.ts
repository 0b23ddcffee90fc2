import { methodNamed, methodNames, methodOfVariant } from './methodNames.ts';

/**
 * Colours that stay apart for readers with any of the common colour deficiencies, on white and on black: after Okabe and Ito,
 * "Color Universal Design" (2008), with its blue made lighter and without black and yellow, which vanish on one of the two. A shape and a dash go with each, so
 * that no chart depends on colour alone.
 */
const colors = ['#1a7fc1', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8c8c8c', '#9a6b1f'];
const shapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];
const dashes = [
  [1, 0],
  [8, 3],
  [2, 2],
  [8, 3, 2, 3],
  [12, 4],
  [4, 4],
];

/** A discrete scale of vega-lite. */
export interface Scale<T> {
  domain: string[];
  range: T[];
}

/** The colour, shape and dash of every variant: the same in all charts of an experiment. */
export interface Palette {
  color: Scale<string>;
  shape: Scale<string>;
  dash: Scale<number[]>;
}

/**
 * A variant that is named like a method has that method's look, in every experiment. Variants of a method (`LoRA, rank 8`) have
 * shades of its colour where there are other methods too. All others have what is left, in order, and then begin anew with other
 * shapes.
 */
export function palette(variants: readonly string[]): Palette {
  const looks = looksOf(variants);
  const scale = <T>(pick: (look: Look) => T): Scale<T> => ({ domain: [...variants], range: looks.map(pick) });
  return {
    color: scale(({ place, shade }) => shaded(colors[place % colors.length], shade)),
    // Where the colours start again, the shapes do so one further on.
    shape: scale(({ place, turn }) => shapes[(place + Math.floor(place / colors.length) + turn) % shapes.length]),
    dash: scale(({ place, turn }) => dashes[(place + turn) % dashes.length]),
  };
}

interface Look {
  /** In the list of colours, which begins anew after its end. */
  place: number;
  /** From -1 (dark) over 0 to 1 (light). */
  shade: number;
  /** Shapes and dashes further on, within a family. */
  turn: number;
}

function looksOf(variants: readonly string[]): Look[] {
  const families = familiesOf(variants);
  const taken = new Set([...families.values()].map(({ place }) => place));
  const named = new Set([...taken].map((place) => place % colors.length));
  const free = [...Array(colors.length * (variants.length + 2)).keys()].filter((place) => !taken.has(place));
  // Not the colours of methods that are here, while there are others.
  const others = free.filter((place) => !named.has(place % colors.length));
  const rest = others.length > 0 ? others : free;
  return variants.map((variant) => {
    const family = [...families.values()].find(({ members }) => members.includes(variant));
    if (family === undefined) return { place: rest.shift() as number, shade: 0, turn: 0 };
    const { place, members, first } = family;
    const turn = members.indexOf(variant);
    return { place, turn, shade: members.length === 1 || variant === first ? 0 : shadeOf(turn, members.length) };
  });
}

interface Family {
  place: number;
  members: string[];
  /** The one that has the colour itself: the method's namesake. */
  first: string | null;
}

/** By method: its namesake, and with it all whose names begin with it, where they are not the whole experiment. */
function familiesOf(variants: readonly string[]): Map<string, Family> {
  const families = new Map<string, Family>();
  const isMixed = new Set(variants.map(methodOfVariant)).size > 1;
  for (const variant of variants) {
    const namesake = methodNamed(variant);
    const method = namesake ?? (isMixed ? methodOfVariant(variant) : null);
    if (method === null) continue;
    const family = families.get(method) ?? { place: methodNames.indexOf(method), members: [], first: null };
    family.members.push(variant);
    family.first ??= namesake === null ? null : variant;
    families.set(method, family);
  }
  return families;
}

function shadeOf(index: number, count: number): number {
  return -1 + (2 * index) / (count - 1);
}

/** Mixed with black or white, so far that it still stands out on both. */
function shaded(color: string, shade: number): string {
  const [to, share] = shade < 0 ? [0, -0.4 * shade] : [255, 0.5 * shade];
  const mixed = [1, 3, 5].map((at) => Math.round((1 - share) * parseInt(color.slice(at, at + 2), 16) + share * to));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Who holds memory, from what is frozen to what training adds. Other colours than those of the variants. */
export const holders: Scale<string> = {
  domain: ['base', 'adapter', 'gradients', 'optimizer', 'activations'],
  range: ['#a6a6a6', '#332288', '#7a6fc2', '#b9b2e6', '#c2a878'],
};

/** Parts of an adapter in one plot, each with a colour and a dash. Other colours than those of the variants. */
export function roleScales(roles: readonly string[]): { color: Scale<string>; dash: Scale<number[]> } {
  const known = ['up', 'down', 'singular', 'magnitude', 'dense', 'bias'];
  const inks = ['#7a6fc2', '#2f9e9e', '#b0507a', '#c2a878', '#8c8c8c', '#6f8f3f'];
  const others = roles.filter((role) => !known.includes(role));
  const placeOf = (role: string): number => [...known, ...others].indexOf(role);
  const scale = <T>(pick: (place: number) => T): Scale<T> => ({
    domain: [...roles],
    range: roles.map((role) => pick(placeOf(role))),
  });
  return {
    color: scale((place) => inks[place % inks.length]),
    // Where the colours start again, the dashes do so one further on.
    dash: scale((place) => dashes[(place + Math.floor(place / inks.length)) % dashes.length]),
  };
}
