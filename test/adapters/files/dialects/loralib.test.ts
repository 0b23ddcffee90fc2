import { expect, test } from 'vitest';
import { methodOf } from '../../../../src/adapters/compose.ts';
import { readLoralib } from '../../../../src/adapters/files/dialects/loralib.ts';

test("what is not said is loralib's default: α is 1, and nothing is dropped (loralib/layers.py)", () => {
  const { update, dropout } = methodOf(readLoralib({ library: 'loralib', r: 4 }, 'adapter_config.json').recipe);
  expect(update.spec).toMatchObject({ type: 'lowRank', rank: 4, alpha: 1, scale: 1 / 4 });
  expect(dropout).toBe(0);
});

test('one enabled block is the whole of the outputs, one that is off or several are blocks', () => {
  const type = (enabled: boolean[]): string =>
    methodOf(readLoralib({ library: 'loralib', r: 4, enable_lora: enabled }, 'adapter_config.json').recipe).update.spec
      .type;
  expect(type([true])).toBe('lowRank');
  expect(type([true, false])).toBe('mergedLinear');
  expect(type([true, true])).toBe('mergedLinear');
});
