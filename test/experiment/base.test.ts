import { expect, it } from 'vitest';
import { smallWorld } from '../../src/experiment/base.ts';

it.each([
  [48, 'small-world-48'],
  [96, 'small-world'],
  [192, 'small-world-192'],
] as const)('the embedded base is there %i wide', (width, name) => {
  const source = smallWorld({ width });
  expect(source.spec).toEqual({ type: 'smallWorld', name });
  const { checkpoint, tokenizer } = source.open();
  expect(checkpoint.config).toMatchObject({ hidden_size: width, num_hidden_layers: 3 });
  expect(tokenizer.size).toBe(288);
  checkpoint.close();
});

it('is 96 wide unless asked for otherwise, and refuses other widths', () => {
  expect(smallWorld().spec).toEqual(smallWorld({ width: 96 }).spec);
  expect(() => smallWorld({ width: 64 as never })).toThrow('smallWorld: width must be 48, 96, 192, not 64');
  expect(() => smallWorld({ size: 96 } as never)).toThrow(/size/);
});
