import tf, { type Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { frozenTableMap } from '../../src/blocks/embedding.ts';
import { positionEmbedding } from '../../src/blocks/positionEmbedding.ts';
import { adaptedTable } from '../../src/adapters/adaptedTable.ts';
import { none } from '../../src/adapters/rescale/none.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import { lowRank } from '../../src/adapters/update/lowRank.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { float32Table } from '../../src/tensor/frozen.ts';
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

for (const lanes of [1, 2]) {
  describeBlock(`positionEmbedding, a trained table with positions to spare, ${lanes} lanes`, {
    lanes,
    sequences: 2,
    length: 4,
    inputs: [[8, width]],
    trained: { dense: [vocabulary, width] },
    make: (parts) => positionEmbedding(adapted(parts, dense()), vocabulary),
    plain: ([x], { dense }) => {
      const rows = (sequence: number): Tensor => tf.slice(lane(dense, lanes === 1 ? 0 : sequence), [0, 0], [4, width]);
      return tf.add(x, tf.concat([rows(0), rows(1)], 0));
    },
  });
}

describeBlock('positionEmbedding, frozen, with positions to spare', {
  sequences: 2,
  length: 4,
  inputs: [[8, width]],
  make: (parts) => positionEmbedding(frozenTableMap(tableOf(parts, 'positions', [6, width])), 6),
  plain([x], _p, frozen) {
    const rows = tf.slice(tf.tensor2d(frozen('positions', 6 * width), [6, width]), [0, 0], [4, width]);
    return tf.add(x, tf.concat([rows, rows], 0));
  },
});

test('a sequence longer than the positions is refused', async () => {
  await startEngine();
  const table = float32Table(new Float32Array(6 * width), [6, width]);
  const block = positionEmbedding(frozenTableMap(table), 6);
  const pass = { sequences: 1, length: 7, saves: false, wantsInput: false, mask: () => null };
  expect(() => block.forward(tf.zeros([7, width]), pass)).toThrow(/7 tokens is too long for a model of 6 positions/);
  table.dispose();
});
