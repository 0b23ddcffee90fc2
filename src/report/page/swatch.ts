import { palette } from '../palette.ts';

/** Outlines within a square of 20, around 10. */
const outlines: Record<string, string> = {
  circle: 'M10 3a7 7 0 1 1 0 14a7 7 0 1 1 0 -14Z',
  square: 'M4 4H16V16H4Z',
  'triangle-up': 'M10 3L17 16H3Z',
  'triangle-down': 'M10 17L17 4H3Z',
  'triangle-right': 'M17 10L4 17V3Z',
  'triangle-left': 'M3 10L16 17V3Z',
  diamond: 'M10 1.5L17 10L10 18.5L3 10Z',
  cross: 'M7.5 3H12.5V7.5H17V12.5H12.5V17H7.5V12.5H3V7.5H7.5Z',
};

/** A variant's mark as charts draw it, for the text beside them. */
export function swatch(color: string, shape: string): string {
  return `<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true"><path fill="${color}" d="${outlines[shape] ?? outlines.circle}"/></svg>`;
}

/** The mark of a variant by its name; nothing for a name that is none's. */
export type Swatches = (variant: string) => string;

export function swatchesOf(variants: readonly string[]): Swatches {
  const { color, shape } = palette(variants);
  return (variant) => {
    const at = variants.indexOf(variant);
    return at < 0 ? '' : swatch(color.range[at], shape.range[at]);
  };
}
