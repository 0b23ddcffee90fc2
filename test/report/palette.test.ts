import { describe, expect, it } from 'vitest';
import { methodOfVariant } from '../../src/report/methodNames.ts';
import { palette, roleScales } from '../../src/report/palette.ts';
import { manyVariants } from '../results/manyVariants.ts';

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

describe('methods', () => {
  const colorOf = (names: readonly string[], name: string): string => palette(names).color.range[names.indexOf(name)];
  const looks = (names: readonly string[]): string[] => {
    const { color, shape } = palette(names);
    return names.map((_, index) => `${color.range[index]} ${shape.range[index]}`);
  };

  it('have one colour in every experiment, in any order, among any others', () => {
    const own = colorOf(['LoRA'], 'LoRA');
    for (const names of [
      ['DoRA', 'LoRA'],
      ['a', 'b', 'c', 'LoRA'],
      ['LoRA', 'LoRA, rank 2', 'full'],
      ['lora', 'x'],
    ])
      expect(
        colorOf(
          names,
          names.find((name) => name.toLowerCase() === 'lora')!,
        ),
      ).toBe(own);
    expect(colorOf(['LoRA+', 'QLoRA'], 'LoRA+')).toBe(colorOf(['full', 'LoRA', 'LoRA+'], 'LoRA+'));
  });

  it('have colours of their own, and no other variant takes them while there are free ones', () => {
    const names = ['a', 'LoRA', 'b', 'DoRA', 'LoRA+', 'AdaLoRA', 'full', 'c'];
    expect(new Set(palette(names).color.range).size).toBe(8);
  });

  it('have colours that no other variant takes, however many there are', () => {
    const names = ['full', ...Array.from({ length: 24 }, (_, index) => `rank ${index}`)];
    expect(palette(names).color.range.filter((color) => color === colorOf(names, 'full'))).toHaveLength(1);
    expect(new Set(looks(names)).size).toBe(25);
  });

  it('lend shades of it to their variants where there are several methods', () => {
    const names = ['LoRA', 'LoRA, rank 2', 'LoRA, rank 4', 'full', 'full, dropout'];
    expect(new Set(looks(names)).size).toBe(5);
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colorOf(names, 'LoRA, rank 2').slice(at, at + 2), 16));
    expect(blue).toBeGreaterThan(green);
    expect(green).toBeGreaterThan(red);
  });

  it('lend nothing where there is one method alone: its variants have colours that are far apart', () => {
    const names = ['LoRA, rank 1', 'LoRA, rank 2', 'LoRA, rank 4'];
    expect(palette(names).color.range).toEqual(palette(['a', 'b', 'c']).color.range);
  });

  it.each([
    ['LoRA', 'LoRA'],
    ['lora', 'LoRA'],
    ['LoRA, rank 8', 'LoRA'],
    ['LoRA r=8', 'LoRA'],
    ['LoRA+ ratio 16', 'LoRA+'],
    ['LoRA-FA', 'LoRA-FA'],
    ['IA³', 'IA3'],
    ['rsLoRA, rank 4', 'rsLoRA'],
    ['QDoRA with LoRA+', 'QDoRA'],
    ['LoRAX', null],
    ['both normal', null],
    ['fuller', null],
  ])('%s is of %s', (variant, method) => {
    expect(methodOfVariant(variant)).toBe(method);
  });

  it('of a wide experiment no two variants look alike', () => {
    const names = Object.keys(manyVariants().profiles!);
    expect(names).toHaveLength(22);
    expect(new Set(looks(names)).size).toBe(22);
  });
});

it('roles that an adapter has at once differ in colour or dash, and keep theirs', () => {
  const roles = ['down', 'up', 'singular', 'magnitude', 'dense', 'bias', 'downScale', 'upScale', 'inputScale'];
  const { color, dash } = roleScales(roles);
  expect(new Set(roles.map((_, i) => `${color.range[i]} ${dash.range[i].join(' ')}`)).size).toBe(roles.length);
  expect(roleScales(['up']).color.range[0]).toBe(color.range[1]);
});
