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

/** The colour, shape and dash of every variant, by its place in the plan: the same in all charts of an experiment. */
export interface Palette {
  color: Scale<string>;
  shape: Scale<string>;
  dash: Scale<number[]>;
}

export function palette(variants: readonly string[]): Palette {
  const scale = <T>(pick: (index: number) => T): Scale<T> => ({
    domain: [...variants],
    range: variants.map((_, index) => pick(index)),
  });
  return {
    color: scale((index) => colors[index % colors.length]),
    // Where the colours start again, the shapes do so one further on.
    shape: scale((index) => shapes[(index + Math.floor(index / colors.length)) % shapes.length]),
    dash: scale((index) => dashes[index % dashes.length]),
  };
}

/** Who holds memory, from what is frozen to what training adds. Other colours than those of the variants. */
export const holders: Scale<string> = {
  domain: ['base', 'adapter', 'gradients', 'optimizer', 'activations'],
  range: ['#a6a6a6', '#332288', '#7a6fc2', '#b9b2e6', '#c2a878'],
};
