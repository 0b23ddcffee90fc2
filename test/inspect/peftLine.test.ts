/** Against what PEFT's print_trainable_parameters printed for the same folders, methods and default targets. */
import { expect, it } from 'vitest';
import { outlineOf } from '../../src/adapters/outline.ts';
import { peftLine } from '../../src/inspect/peftLine.ts';
import { spoken } from '../cli/spoken.ts';
import { describeWithShared, shared } from '../shared.ts';

const program = spoken();

describeWithShared('fixtures/models', () => {
  it.each([
    ['gpt2', 'adalora', '1,544 || all params: 38,038 || trainable%: 4.0591'],
    ['qwen3', 'dora', '1,112 || all params: 24,424 || trainable%: 4.5529'],
    ['gpt_neox', 'lora', '1,536 || all params: 30,238 || trainable%: 5.0797'],
    ['bert-seqcls', 'ia3', '340 || all params: 26,170 || trainable%: 1.2992'],
    ['roberta-mlm', 'adalora', '5,108 || all params: 44,170 || trainable%: 11.5644'],
  ])('%s by %s', async (model, method, printed) => {
    const words = ['--model', shared(`fixtures/models/${model}`), '--method', method, '--rank', '4'];
    expect(await program.exits('inspect', ...words)).toBe(0);
    expect(program.out).toContain(`\ntrainable params: ${printed}\n`);
  });
});

it('a start that is taken away from the kernel counts nowhere, a frozen A counts beside what trains', () => {
  const factors = { down: [2, 1], up: [1, 8] };
  const line = (outline: Parameters<typeof outlineOf>[0]): string => {
    const place = { name: 'site', kind: 'linear', shape: [2, 8] } as const;
    return peftLine(100, 10, [{ place, outlines: [outlineOf(outline), outlineOf({})], dropout: 0 }]);
  };
  const start = { downStart: [2, 1], upStart: [1, 8] };
  expect(line({ trained: factors, frozen: start })).toContain('|| all params: 110 ||');
  expect(line({ trained: { up: [1, 8] }, frozen: { down: [2, 1] } })).toContain('|| all params: 110 ||');
});
