/** Against what PEFT's print_trainable_parameters printed for the same folders, methods and default targets. */
import { expect, it } from 'vitest';
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
