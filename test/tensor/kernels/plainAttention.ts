/** Attention and its gradients in plain JavaScript and float64: one sequence, one head, one query after the other. */
import type { Numbers } from './plain.ts';

export interface AttentionCase {
  readonly sequences: number;
  readonly length: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly width: number;
  readonly causal: boolean;
  readonly window: number;
  /** 0: nothing turns, 1: the first half with the second, 2: neighbours. */
  readonly pairing: 0 | 1 | 2;
  /** How many features turn. */
  readonly turning: number;
  readonly scale: number;
}

export interface AttentionInputs {
  readonly q: Numbers;
  readonly k: Numbers;
  readonly v: Numbers;
  readonly cos: Numbers;
  readonly sin: Numbers;
  readonly dy: Numbers;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const add = (to: number[], x: number[], by: number): void => x.forEach((value, i) => (to[i]! += by * value));

export function attention(given: AttentionCase, { q, k, v, cos, sin, dy }: AttentionInputs) {
  const { sequences, length, heads, keyHeads, width, causal, window, pairing, turning, scale } = given;
  const rows = sequences * length;
  const turned = (x: number[], t: number, direction: number): number[] => {
    if (pairing === 0) return [...x];
    const y = x.map((value, i) => value * cos[t * width + i]!);
    for (const pair of range(turning / 2)) {
      const [a, b] = pairing === 1 ? [pair, pair + turning / 2] : [2 * pair, 2 * pair + 1];
      y[a]! -= direction * x[b]! * sin[t * width + a]!;
      y[b]! += direction * x[a]! * sin[t * width + b]!;
    }
    return y;
  };
  const sees = (i: number, j: number): boolean => (!causal || j <= i) && (window === 0 || Math.abs(i - j) < window);
  const piece = (x: Numbers, row: number, of: number, head: number): number[] =>
    range(width).map((i) => x[(row * of + head) * width + i]!);
  const empty = (of: number): number[] => Array.from({ length: rows * of * width }, () => 0);
  const [o, dq, dk, dv] = [heads, heads, keyHeads, keyHeads].map(empty) as [number[], number[], number[], number[]];
  const logs = Array.from({ length: rows * heads }, () => 0);
  const put = (to: number[], row: number, of: number, head: number, x: number[]): void =>
    x.forEach((value, i) => (to[(row * of + head) * width + i]! += value));

  for (const sequence of range(sequences))
    for (const head of range(heads)) {
      const shared = Math.floor((head * keyHeads) / heads);
      const row = (t: number): number => sequence * length + t;
      const queries = range(length).map((t) => turned(piece(q, row(t), heads, head), t, 1));
      const keys = range(length).map((t) => turned(piece(k, row(t), keyHeads, shared), t, 1));
      const values = range(length).map((t) => piece(v, row(t), keyHeads, shared));
      const dKeys = keys.map((key) => key.map(() => 0));
      for (const i of range(length)) {
        const seen = range(length).filter((j) => sees(i, j));
        const scores = seen.map((j) => scale * dot(queries[i]!, keys[j]!));
        const top = Math.max(...scores);
        const log = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
        const p = scores.map((score) => Math.exp(score - log));
        const d = piece(dy, row(i), heads, head);
        const out = d.map(() => 0);
        seen.forEach((j, n) => add(out, values[j]!, p[n]!));
        put(o, row(i), heads, head, out);
        logs[row(i) * heads + head] = log;
        const inside = dot(d, out);
        const dQuery = d.map(() => 0);
        seen.forEach((j, n) => {
          const slope = p[n]! * (dot(d, values[j]!) - inside) * scale;
          add(dQuery, keys[j]!, slope);
          add(dKeys[j]!, queries[i]!, slope);
          put(
            dv,
            row(j),
            keyHeads,
            shared,
            d.map((value) => value * p[n]!),
          );
        });
        put(dq, row(i), heads, head, turned(dQuery, i, -1));
      }
      dKeys.forEach((dKey, t) => put(dk, row(t), keyHeads, shared, turned(dKey, t, -1)));
    }
  return { o, logs, dq, dk, dv };
}
