import tf, { type Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { frozenTableMap, type TableMap } from '../../src/blocks/embedding.ts';
import { type TokenBatch, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { tokenEmbedding } from '../../src/blocks/tokenEmbedding.ts';
import { adaptedTable } from '../../src/adapters/adaptedTable.ts';
import { none } from '../../src/adapters/rescale/none.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import { lowRank } from '../../src/adapters/update/lowRank.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { float32Table, type FrozenTable } from '../../src/tensor/frozen.ts';
import { stream } from '../../src/tensor/random.ts';
import { idsOf } from '../../src/tensor/siteInput.ts';
import { describeBlock, lane, type Parts } from './blockContract.ts';
import { tableOf } from './parts.ts';

const vocabulary = 7;
const width = 3;
const ids = [2, 0, 2, 6, 5, 2, 1, 1]; // some twice, some never
const given = () => idsOf(Int32Array.from(ids));

/** One-hot rows, one lane after the other. */
const oneHot = (of: readonly number[]): Tensor =>
  tf.tensor2d(of.map((id) => Array.from({ length: vocabulary }, (_, i) => Number(i === id))));
const rowsOf = (table: Tensor, lanes: number): Tensor => {
  const perLane = ids.length / lanes;
  const parts = Array.from({ length: lanes }, (_, l) =>
    tf.matMul(oneHot(ids.slice(l * perLane, (l + 1) * perLane)), lane(table, l)),
  );
  return tf.concat(parts, 0);
};

describeBlock('embedding, frozen', {
  inputs: [],
  given,
  make: (parts) => frozenTableMap(tableOf(parts, 'table', [vocabulary, width])),
  plain: (_x, _p, frozen) =>
    tf.matMul(oneHot(ids), tf.tensor2d(frozen('table', vocabulary * width), [vocabulary, width])),
});

function adapted(parts: Parts, rule: ReturnType<typeof dense>) {
  const table = tableOf(parts, 'table', [vocabulary, width]);
  const site = { name: 'site', kind: 'embedding', shape: table.shape, use: table.use } as const;
  const context = { arena: parts.arena, random: () => stream(1) };
  const update = rule.create(site, context);
  return adaptedTable(table, update, none().create(site, update, context), () => 1);
}

for (const lanes of [1, 2]) {
  describeBlock(`embedding, trained whole, ${lanes} lanes`, {
    lanes,
    inputs: [],
    given,
    trained: { dense: [vocabulary, width] },
    make: (parts) => adapted(parts, dense()),
    plain: (_x, { dense }) => rowsOf(dense, lanes),
  });

  describeBlock(`embedding with a low-rank update, ${lanes} lanes`, {
    lanes,
    inputs: [],
    given,
    trained: { down: [vocabulary, 2], up: [2, width] },
    make: (parts) => adapted(parts, lowRank({ rank: 2, alpha: 3 })),
    plain(_x, { down, up }, frozen) {
      const base = tf.tensor2d(frozen('table', vocabulary * width), [vocabulary, width]);
      const changed = tf.stack(
        Array.from({ length: lanes }, (_, l) => tf.add(base, tf.mul(1.5, tf.matMul(lane(down, l), lane(up, l))))),
      );
      return rowsOf(changed, lanes);
    },
  });
}

const batch = (): TokenBatch => tokenBatch(Int32Array.from(ids), Int32Array.from(ids), { lanes: 1, length: 4 });

for (const lanes of [1, 2]) {
  describeBlock(`token embedding with trained positions to spare, ${lanes} lanes`, {
    lanes,
    sequences: 2,
    length: 4,
    inputs: [],
    given: batch,
    trained: { dense: [vocabulary, width] },
    make: (parts) =>
      tokenEmbedding({
        tokens: frozenTableMap(tableOf(parts, 'table', [vocabulary, width])),
        positions: { table: adapted(parts, dense()), maxLength: vocabulary, padding: null },
        types: null,
      }),
    plain: (_x, { dense }, frozen) => {
      const rows = (sequence: number): Tensor => tf.slice(lane(dense, lanes === 1 ? 0 : sequence), [0, 0], [4, width]);
      const base = tf.tensor2d(frozen('table', vocabulary * width), [vocabulary, width]);
      return tf.add(tf.matMul(oneHot(ids), base), tf.concat([rows(0), rows(1)], 0));
    },
  });
}

describe('token embedding', () => {
  beforeAll(() => startEngine());
  const pass = {
    sequences: 2,
    length: 4,
    padding: null,
    saves: false,
    wantsInput: false,
    cache: null,
    mask: () => null,
  };
  /** A table whose row i is (size^i, 0, 0): the sum of rows says which they were. */
  const table = (rows: number, size: number): FrozenTable & { map: TableMap } => {
    const made = float32Table(
      Float32Array.from({ length: rows * width }, (_, i) => (i % width === 0 ? size * (i / width) : 0)),
      [rows, width],
    );
    return { ...made, map: frozenTableMap(made) };
  };
  function read(options: { padding: number | null; types?: number[]; ids?: number[] }): number[] {
    const [tokens, positions, types] = [table(7, 0), table(9, 1), table(2, 100)];
    const block = tokenEmbedding({
      tokens: tokens.map,
      positions: { table: positions.map, maxLength: 6, padding: options.padding },
      types: types.map,
    });
    const host = Int32Array.from(options.ids ?? ids);
    const made = tokenBatch(host, host, {
      lanes: 1,
      length: 4,
      ...(options.types && { tokenTypes: Int32Array.from(options.types) }),
    });
    const { y } = block.forward(made, pass);
    const first = (y.arraySync() as number[][]).map(([value]) => value!);
    release(made, y);
    for (const one of [tokens, positions, types]) one.dispose();
    return first;
  }

  test('counts positions from 0 in every sequence', () => {
    expect(read({ padding: null })).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('or the tokens that are not padding, from its id + 1 on; padding stays there', () => {
    expect(read({ padding: 1, ids: [2, 0, 1, 1, 1, 1, 5, 2] })).toEqual([2, 3, 1, 1, 1, 1, 2, 3]);
  });

  test('adds the row of each token type', () => {
    expect(read({ padding: null, types: [0, 0, 1, 1, 1, 0, 0, 0] })).toEqual([0, 1, 102, 103, 100, 1, 2, 3]);
  });

  test('refuses a sequence longer than the positions, and types where there are none', () => {
    const tokens = table(7, 0);
    const positions = { table: table(6, 1).map, maxLength: 6, padding: null };
    const block = tokenEmbedding({ tokens: tokens.map, positions, types: null });
    const long = tokenBatch(new Int32Array(7), new Int32Array(7), { lanes: 1, length: 7 });
    expect(() => block.forward(long, { ...pass, length: 7 })).toThrow(
      /7 tokens is too long for a model of 6 positions/,
    );
    const typed = tokenBatch(new Int32Array(4), new Int32Array(4), {
      lanes: 1,
      length: 4,
      tokenTypes: new Int32Array(4),
    });
    expect(() => block.forward(typed, pass)).toThrow(/does not tell token types apart/);
  });
});
