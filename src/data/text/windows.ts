/**
 * A text of any length as sequences of at most `length` tokens, of which every token is predicted once: after bos each window goes on
 * where the last ended; a model without bos is shown the last token of the window before.
 *
 *   bos t₁ … tₙ │ bos tₙ₊₁ … t₂ₙ │ …      or      t₁ … tₙ₊₁ │ tₙ₊₁ … t₂ₙ₊₁ │ …
 *
 * eos ends the text, not a window.
 */
import { ignored, type Sequence } from '../encode.ts';
import type { TextTokenizer } from '../textTokenizer.ts';

/** None where a text has no token to predict. `length`: at least 2. */
export function windows(text: string, tokenizer: TextTokenizer, length: number): Sequence[] {
  const { bos, eos } = tokenizer;
  const tokens = [...tokenizer.encode(text, { special: false }), ...(eos === null ? [] : [eos])];
  const start = bos === null ? tokens.splice(0, 1) : [bos];
  const perWindow = length - 1;
  const bytes = Buffer.byteLength(text);
  /** Bytes of the text's first `count` predicted tokens, in the mean: what the windows have sums up to the whole. */
  const bytesTo = (count: number): number => Math.round((bytes * count) / tokens.length);
  const sequences: Sequence[] = [];
  let before = start;
  for (let from = 0; from < tokens.length; from += perWindow) {
    const to = Math.min(tokens.length, from + perWindow);
    const ids = Int32Array.from([...before, ...tokens.slice(from, to)]);
    sequences.push({
      ids,
      labels: ids.slice().fill(ignored, 0, 1),
      completionBytes: bytesTo(to) - bytesTo(from),
      cut: false,
    });
    before = bos === null ? tokens.slice(to - 1, to) : start;
  }
  return sequences;
}
