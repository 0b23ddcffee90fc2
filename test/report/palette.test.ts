import { expect, it } from 'vitest';
import { palette } from '../../src/report/palette.ts';

it('no two of twenty variants share colour and shape, or colour and dash', () => {
  const names = Array.from({ length: 20 }, (_, index) => `variant ${index}`);
  const { color, shape, dash } = palette(names);
  expect(color.domain).toEqual(names);
  expect(new Set(names.map((_, index) => `${color.range[index]} ${shape.range[index]}`)).size).toBe(20);
  expect(new Set(names.map((_, index) => `${color.range[index]} ${dash.range[index].join(' ')}`)).size).toBe(20);
});

it('a variant keeps its colour when others are added after it', () => {
  expect(palette(['a', 'b', 'c']).color.range.slice(0, 2)).toEqual(palette(['a', 'b']).color.range);
});
