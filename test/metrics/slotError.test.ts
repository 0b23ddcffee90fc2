import { expect, test } from 'vitest';
import { slotErrorRate, slotErrors } from '../../src/metrics/slotError.ts';

const meaning = new Map([
  ['name', 'Cocum'],
  ['food', 'Indian'],
  ['area', 'riverside'],
]);
const stated = (values: { readonly [slot: string]: readonly string[] }) =>
  new Map(Object.entries(values).map(([slot, all]) => [slot, new Set(all)] as const));

test('a text that states all and nothing else has no error', () => {
  const errors = slotErrors(meaning, stated({ name: ['Cocum'], food: ['Indian'], area: ['riverside'] }));
  expect(errors).toEqual({ slots: 3, missing: [], wrong: [], added: [] });
});

test('a slot is missing, wrong, added, or stated twice', () => {
  const errors = slotErrors(meaning, stated({ food: ['French'], area: ['riverside', 'city centre'], price: ['low'] }));
  expect(errors).toEqual({ slots: 3, missing: ['name'], wrong: ['food'], added: ['area', 'price'] });
  expect(slotErrorRate([errors])).toBe(4 / 3);
});

test('the rate is over slots, not over texts', () => {
  const none = { missing: [], wrong: [], added: [] };
  expect(
    slotErrorRate([
      { ...none, slots: 8 },
      { ...none, slots: 2, missing: ['food'] },
    ]),
  ).toBe(0.1); //
  expect(() => slotErrorRate([])).toThrow('no meaning has a slot');
});
