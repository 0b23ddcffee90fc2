/** Points of variants with their intervals, of which some are filled and the others hollow. */
import type { Palette, Scale } from '../palette.ts';

interface OfVariant {
  field: 'variant';
  type: 'nominal';
  scale: Scale<string>;
  legend: null;
}

interface Intervals<X> {
  mark: { type: 'rule'; strokeWidth: number; opacity: number; clip?: true };
  encoding: { x: X & { field: 'low' }; x2: { field: 'high' }; color: OfVariant };
}

interface Points<X> {
  mark: { type: 'point'; size: number; strokeWidth: number; opacity: number };
  encoding: {
    x: X & { field: 'value' };
    color: OfVariant;
    shape: OfVariant;
    fill: { condition: OfVariant & { test: string }; value: 'transparent' };
  };
}

/** `filled`: the test of vega by which a row is. `clip`: intervals may reach beyond the frame. */
export function filledAndHollow<X extends object>(
  x: X,
  { color, shape }: Palette,
  { filled, clip = false }: { filled: string; clip?: boolean },
): [Intervals<X>, Points<X>] {
  const ofVariant = (scale: Scale<string>): OfVariant => ({ field: 'variant', type: 'nominal', scale, legend: null });
  return [
    {
      mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6, ...(clip && { clip }) },
      encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, color: ofVariant(color) },
    },
    {
      mark: { type: 'point', size: 80, strokeWidth: 1.8, opacity: 1 },
      encoding: {
        x: { field: 'value', ...x },
        color: ofVariant(color),
        shape: ofVariant(shape),
        fill: { condition: { test: filled, ...ofVariant(color) }, value: 'transparent' },
      },
    },
  ];
}
