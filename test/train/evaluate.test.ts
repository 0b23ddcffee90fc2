import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { bothNormal } from '../../src/adapters/init/arms.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { encode, ignored, type Sequence } from '../../src/data/encode.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import type { Cloze } from '../../src/data/task.ts';
import type { TextTokenizer } from '../../src/data/textTokenizer.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { clozeAccuracy, encodeCloze } from '../../src/train/clozeAccuracy.ts';
import { evaluate, type EvaluationSet, evaluationSet, evaluationTokens } from '../../src/train/evaluate.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { characters } from '../data/characters.ts';
import { writeTinyBase } from '../experiment/tinyBase.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'evaluate-'));
let base: Base;
let model: Model;

/** Three lanes that differ from the base and from each other. */
beforeAll(async () => {
  await startEngine();
  const checkpoint = openCheckpoint(writeTinyBase(folder));
  base = loadBase(checkpoint);
  checkpoint.close();
  const method = methodOf(lora({ rank: 2, init: bothNormal({ sigma: 1 }) }));
  model = createModel(base, {
    seeds: [1, 2, 3],
    methodFor: (name) => (name.endsWith('q_proj') || name.endsWith('down_proj') ? method : null),
  });
});

afterAll(() => {
  model.dispose();
  base.dispose();
  rmSync(folder, { recursive: true });
});

/** log P of every next token of one sequence by one lane, [length][vocabulary], from the logits on the host. */
function logProbabilities(of: Model, lane: number, ids: readonly number[]): number[][] {
  const { lanes } = of.arena;
  const all = Int32Array.from({ length: lanes * ids.length }, (_, i) => ids[i % ids.length]!);
  const batch = tokenBatch(all, all, { lanes, length: ids.length });
  const logits = of.logits(batch);
  const rows = logits.arraySync().slice(lane * ids.length, (lane + 1) * ids.length);
  release(batch, logits);
  return rows.map((row) => {
    const most = Math.max(...row);
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0)) + most;
    return row.map((x) => x - total);
  });
}

const likeliest = (row: readonly number[]): number => row.indexOf(Math.max(...row));

const none = { prompts: [], tokens: 0, metrics: [], tokenizer: characters };

function setOf(sequences: readonly Sequence[], more: Partial<EvaluationSet> = {}): EvaluationSet {
  return {
    metrics: ['exactMatch', 'bitsPerByte'],
    sequences,
    cloze: { contexts: [], items: [] },
    pairs: [],
    paradigms: [],
    prompts: none,
    ...more,
  };
}

const sequence = (ids: readonly number[], from: number, completionBytes = 10): Sequence => ({
  ids: Int32Array.from(ids),
  labels: Int32Array.from(ids, (id, i) => (i < from ? ignored : id)),
  completionBytes,
  cut: false,
});

describe('evaluate', () => {
  const sequences = [
    sequence([1, 40, 41, 42, 2], 2, 7),
    sequence([1, 50, 51, 52, 53, 54, 55, 2], 1, 9),
    sequence([1, 9, 2], 2, 1),
  ];

  it('gives each lane the mean of −log P over the tokens that count, and bits per byte', async () => {
    const metrics = await evaluate(model, setOf(sequences));
    for (const lane of [0, 1, 2]) {
      let nats = 0;
      let tokens = 0;
      for (const { ids, labels } of sequences) {
        const rows = logProbabilities(model, lane, [...ids]);
        labels.forEach((label, i) => {
          if (label === ignored) return;
          nats -= rows[i - 1]![label]!;
          tokens++;
        });
      }
      expect(tokens).toBe(3 + 7 + 1);
      expect(metrics[lane]!.lossNats).toBeCloseTo(nats / tokens, 4);
      expect(metrics[lane]!.bitsPerByte).toBeCloseTo(nats / Math.LN2 / 17, 4);
    }
    expect(metrics[0]!.lossNats).not.toBeCloseTo(metrics[1]!.lossNats, 3);
  });

  it('counts as exact matches what greedy decoding would write, and nothing else', async () => {
    const lane = 1;
    const greedy = [1, 40, 41];
    for (let i = 0; i < 5; i++) greedy.push(likeliest(logProbabilities(model, lane, greedy).at(-1)!));
    const other = greedy.with(-2, (greedy.at(-2)! + 1) % 50);
    const metrics = await evaluate(model, setOf([sequence(greedy, 3), sequence(other, 3), sequence([1, 2, 3], 1)]));
    expect(metrics[lane]!.exactMatch).toBeCloseTo(1 / 3, 6);
    expect(metrics[lane]!.tokenAccuracy).toBeGreaterThanOrEqual(8 / 12);
  });

  it('leaves no tensor behind', async () => {
    const set = setOf(sequences);
    await evaluate(model, set);
    const before = tf.memory().numTensors;
    await evaluate(model, set);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says after each batch what was read, all of it in the end, and stops where that throws', async () => {
    const set = setOf(sequences, {
      pairs: sequences,
      cloze: encodeCloze(
        [{ prompt: 'a', completion: 'b', candidates: ['b', 'c'], relation: 'letter' }],
        characters,
        64,
      ),
    });
    const heard: number[] = [];
    await evaluate(model, set, (tokens) => heard.push(tokens));
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.reduce((a, b) => a + b)).toBe(evaluationTokens(set));
    const stop = (): never => {
      throw new Error('enough');
    };
    await expect(evaluate(model, set, stop)).rejects.toThrow('enough');
  });

  it('gives a task its own metrics, facts and grammar with the items only', async () => {
    const retain = smallWorldSentences({ train: 0, validation: 3, test: 3 });
    const few = {
      ...retain,
      cloze: () => retain.cloze().slice(0, 4),
      minimalPairs: () => retain.minimalPairs().slice(0, 4),
    };
    const options = { maxLength: 200, report: () => {} };
    const names = async (set: EvaluationSet): Promise<string[]> => Object.keys((await evaluate(model, set))[0]!);
    expect(await names(evaluationSet(few, 'test', characters, { ...options, items: true }))).toEqual([
      'lossNats',
      'tokenAccuracy',
      'factAccuracy',
      'grammarAccuracy',
    ]);
    expect(await names(evaluationSet(few, 'validation', characters, { ...options, items: false }))).toEqual([
      'lossNats',
      'tokenAccuracy',
    ]);
    const target = sums({ digits: 1, train: 1, validation: 2, test: 2 });
    expect(await names(evaluationSet(target, 'test', characters, { ...options, items: true }))).toEqual([
      'lossNats',
      'tokenAccuracy',
      'exactMatch',
    ]);
  });
});

describe('minimal pairs', () => {
  it('are right where the right sentence is likelier', async () => {
    const all = [
      sequence([1, 40, 41, 2], 1),
      sequence([1, 40, 60, 2], 1),
      sequence([1, 12, 2], 1),
      sequence([1, 13, 2], 1),
    ];
    const metrics = await evaluate(model, setOf(all, { pairs: all, paradigms: ['first', 'second'] }));
    expect(Object.keys(metrics[0]!)).not.toContain('grammarAccuracy.first');
    const asked: EvaluationSet['metrics'] = ['grammarAccuracy', 'grammarAccuracyByParadigm'];
    const byParadigm = await evaluate(
      model,
      setOf(all, { pairs: all, paradigms: ['first', 'second'], metrics: asked }),
    );
    [0, 1, 2].forEach((lane) => {
      const nats = all.map(({ ids }) => {
        const rows = logProbabilities(model, lane, [...ids]);
        return [...ids].slice(1).reduce((sum, id, i) => sum - rows[i]![id]!, 0);
      });
      const right = [nats[0]! < nats[1]!, nats[2]! < nats[3]!].filter(Boolean).length;
      expect(metrics[lane]!.grammarAccuracy).toBe(right / 2);
      expect(byParadigm[lane]).toMatchObject({
        grammarAccuracy: right / 2,
        'grammarAccuracy.first': Number(nats[0]! < nats[1]!),
        'grammarAccuracy.second': Number(nats[2]! < nats[3]!),
      });
    });
  });
});

describe('cloze', () => {
  const items: Cloze[] = [
    { prompt: 'ab', completion: 'c', candidates: ['a', 'b', 'c', 'd', 'e'], relation: 'r' },
    { prompt: 'ba', completion: 'dd', candidates: ['abc', 'dd', 'e'], relation: 'r' },
    { prompt: 'ab', completion: 'eed', candidates: ['eed', 'bb'], relation: 'r' },
  ];
  const letters: TextTokenizer = characters;

  /** Σ log P of a candidate's tokens after the prompt. */
  function score(lane: number, prompt: string, candidate: string): number {
    const { ids, labels } = encode({ prompt, completion: candidate }, { ...letters, eos: null }, 64);
    const rows = logProbabilities(model, lane, [...ids]);
    return labels.reduce((sum, label, i) => (label === ignored ? sum : sum + rows[i - 1]![label]!), 0);
  }

  it('knows a fact whose right filling is likelier than every other, of however many tokens', async () => {
    const accuracy = await clozeAccuracy(model, encodeCloze(items, letters, 64));
    [0, 1, 2].forEach((lane) => {
      const known = items.filter(({ prompt, completion, candidates }) =>
        candidates.every(
          (other) => other === completion || score(lane, prompt, completion) > score(lane, prompt, other),
        ),
      );
      expect(accuracy[lane]).toBeCloseTo(known.length / items.length, 9);
    });
  });

  it('is right for the likeliest candidate and wrong for every other', async () => {
    const [{ prompt, candidates }] = items as [Cloze];
    const best = candidates.toSorted((a, b) => score(2, prompt, b) - score(2, prompt, a))[0]!;
    for (const completion of candidates) {
      const accuracy = await clozeAccuracy(model, encodeCloze([{ ...items[0]!, completion }], letters, 64));
      expect(accuracy[2]).toBe(completion === best ? 1 : 0);
    }
  });

  it('reads a prompt once for all candidates of one token', () => {
    expect(encodeCloze([items[0]!], letters, 64).contexts).toHaveLength(1);
  });

  it('refuses a gap whose right filling is no candidate', () => {
    expect(() => encodeCloze([{ ...items[0]!, completion: 'x' }], letters, 64)).toThrow('"ab …"');
  });
});
