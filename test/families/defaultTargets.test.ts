import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { defaultTargets, typesWithTargets } from '../../src/families/defaultTargets.ts';
import { describeWithShared, shared } from '../shared.ts';

type Row = string | readonly string[];
type Rows = Readonly<Record<string, Row>>;
const json = (file: string): unknown => JSON.parse(readFileSync(shared(file), 'utf8'));

describeWithShared('the tables of the reference', () => {
  const peft = json('fixtures/peft-target-modules.json') as { readonly lora: Rows; readonly adalora: Rows };
  const seeds = json('fixtures/seed-target-modules.json') as {
    readonly lora: Readonly<Record<string, { readonly source: string; readonly target_modules: Row }>>;
    readonly precedence: readonly string[];
  };
  const types = [...new Set([...Object.keys(peft.lora), ...Object.keys(peft.adalora), ...Object.keys(seeds.lora)])];
  const lora = (type: string): Row => peft.lora[type] ?? seeds.lora[type]!.target_modules;

  it.each(types)('%s', (type) => {
    expect(defaultTargets(type).lora).toEqual(lora(type));
    expect(defaultTargets(type).adalora).toEqual(peft.adalora[type] ?? lora(type));
  });

  it('have every row that is here', () => {
    expect(typesWithTargets().toSorted()).toEqual(types.toSorted());
    expect(seeds.precedence).toEqual(['peft-target-modules.json', 'seed', 'suggestion']);
  });
});

describe('a model type without a row', () => {
  test.each(['', 'my-own', 'toString', '__proto__', 'LLAMA'])("'%s' has no default", (type) => {
    expect(defaultTargets(type)).toEqual({ lora: null, adalora: null, ia3: null });
  });
});

test("IA³'s are PEFT's", () => {
  expect(defaultTargets('llama').ia3).toEqual(['k_proj', 'v_proj', 'down_proj']);
  expect(defaultTargets('qwen2').ia3).toEqual(['q_proj', 'v_proj', 'down_proj']);
  expect(defaultTargets('gpt2').ia3).toEqual(['c_attn', 'mlp.c_proj']);
});
