import { readFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { expect, it } from 'vitest';
import { benchJsonSchema } from '../../src/bench/record.ts';

it('the published schema is the one in use (write it anew with `npx vitest run test/bench/record.test.ts -u`)', async () => {
  const file = path.resolve('docs/bench.schema.json');
  const style = await prettier.resolveConfig(file);
  const text = await prettier.format(JSON.stringify(benchJsonSchema()), { ...style, parser: 'json' });
  await expect(text).toMatchFileSnapshot(file);
  expect(readFileSync(file, 'utf8')).toContain('adapterlab/bench/1');
});
