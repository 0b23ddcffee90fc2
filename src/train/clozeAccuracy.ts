/**
 * Facts as gaps: one is known if the right filling is likelier after the prompt than every other candidate.
 *
 *   log P(candidate | prompt) = Σ log P(its tokens);   what would follow the gap has no say.
 */
import { setImmediate } from 'node:timers/promises';
import tf from '@tensorflow/tfjs';
import { tokenBatch } from '../blocks/tokenBatch.ts';
import { evaluationBatches } from '../data/batches.ts';
import { encode, ignored } from '../data/encode.ts';
import type { Cloze } from '../data/task.ts';
import type { TextTokenizer } from '../data/textTokenizer.ts';
import { release } from '../tensor/engine.ts';
import type { Model } from './model.ts';
import { type BetweenBatches, evaluationRows, repeated } from './sequenceScores.ts';

/** A token and the position whose prediction it is. */
interface Ask {
  readonly position: number;
  readonly token: number;
  readonly item: number;
  readonly candidate: number;
}

/** What the model reads; candidates of one token share it, and so do all who ask something of it. */
interface Context {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
  readonly asks: Ask[];
}

export interface EncodedCloze {
  readonly contexts: readonly Context[];
  /** Of each item: how many candidates, and which is right. */
  readonly items: readonly { readonly candidates: number; readonly right: number }[];
}

/** A gap whose right filling is none of its candidates, or that has no other, is an Error. */
export function encodeCloze(cloze: readonly Cloze[], tokenizer: TextTokenizer, maxLength: number): EncodedCloze {
  const contexts = new Map<string, Context>();
  const items = cloze.map(({ prompt, completion, candidates }, item) => {
    const right = candidates.indexOf(completion);
    if (right < 0 || candidates.length < 2)
      throw new Error(`"${prompt} …" has the candidates ${candidates.join(', ')}, but ${completion} is right`);
    candidates.forEach((text, candidate) => {
      const { ids, labels } = encode({ prompt, completion: text }, { ...tokenizer, eos: null }, maxLength);
      const read = ids.subarray(0, ids.length - 1);
      const key = read.join();
      const context = contexts.get(key) ?? { ids: read, labels: read.slice().fill(ignored), asks: [] };
      contexts.set(key, context);
      labels.forEach((token, at) => {
        if (token !== ignored) context.asks.push({ position: at - 1, token, item, candidate });
      });
    });
    return { candidates: candidates.length, right };
  });
  return { contexts: [...contexts.values()], items };
}

/** The share of facts known, one number per lane; NaN where there are none. */
export async function clozeAccuracy(
  model: Model,
  { contexts, items }: EncodedCloze,
  between: BetweenBatches = () => {},
): Promise<number[]> {
  const { lanes } = model.arena;
  if (items.length === 0) return Array.from({ length: lanes }, () => NaN);
  const scores = Array.from({ length: lanes }, () => items.map(({ candidates }) => new Float64Array(candidates)));
  const sequences = contexts.map(({ ids, labels }) => ({ ids, labels, completionBytes: 0, cut: false }));
  for (const { ids, labels, rows, length, members } of evaluationBatches(sequences, {
    rows: evaluationRows(contexts, lanes),
  })) {
    const asked = Array.from(members, (member, row) =>
      contexts[member]!.asks.map((ask) => ({ ...ask, at: row * length + ask.position })),
    ).flat();
    const pairs = Array.from({ length: lanes }, (_, lane) =>
      asked.flatMap(({ at, token }) => [lane * rows * length + at, token]),
    ).flat();
    const batch = tokenBatch(repeated(ids, lanes), repeated(labels, lanes), { lanes, length });
    const index = tf.tensor2d(pairs, [lanes * asked.length, 2], 'int32');
    const score = model.score(batch, index);
    const logProbability = score.logProbability.dataSync();
    release(batch, index, score);
    scores.forEach((ofItem, lane) =>
      asked.forEach(({ item, candidate }, i) => {
        ofItem[item]![candidate]! += logProbability[lane * asked.length + i]!;
      }),
    );
    between(members.reduce((sum, member) => sum + contexts[member]!.ids.length, 0));
    await setImmediate();
  }
  return scores.map(
    (ofItem) => ofItem.filter((score, item) => isLikeliest(score, items[item]!.right)).length / items.length,
  );
}

/** A tie is not knowing. */
const isLikeliest = (scores: Float64Array, right: number): boolean =>
  scores.every((score, candidate) => candidate === right || scores[right]! > score);
