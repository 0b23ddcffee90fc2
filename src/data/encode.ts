/**
 * Texts to token ids and labels, as in Hugging Face's causal language models: labels[i] = ids[i] where the loss counts, −100
 * elsewhere, and the model's output at position i predicts labels[i + 1].
 *
 *   ids      bos  prompt…      completion…  eos
 *   labels  −100  −100 …       completion…  eos
 *
 * Prompt and completion are joined by one space unless the example says otherwise; it belongs to the completion (a piece such as "▁the"
 * carries it).
 */
import { RequestError } from '../errors.ts';
import type { Example } from './task.ts';
import type { TextTokenizer } from './textTokenizer.ts';

/** The label of a position that counts in no loss. */
export const ignored = -100;

export interface Sequence {
  readonly ids: Int32Array;
  /** As long as ids; at least one label counts. labels[0] never does: nothing predicts the first token. */
  readonly labels: Int32Array;
  /** UTF-8 bytes of the completion, for bits per byte; the joining space and eos are not counted. */
  readonly completionBytes: number;
  /** The text was longer than maxLength; the rest of its completion, and eos, are missing. */
  readonly cut: boolean;
}

/**
 * One example as a sequence of at most maxLength tokens. A longer one is cut at the end, and says so. Throws a RequestError if
 * nothing of the completion would be left, or if the completion is empty.
 */
export function encode(example: Example, tokenizer: TextTokenizer, maxLength: number): Sequence {
  const { prompt, completion, joint = ' ' } = example;
  const start = tokenizer.bos === null ? [] : [tokenizer.bos];
  const end = tokenizer.eos === null ? [] : [tokenizer.eos];
  const text = tokenizer.encode(prompt === '' ? completion : `${prompt}${joint}${completion}`, { special: false });
  const promptTokens = prompt === '' ? 0 : commonPrefix(tokenizer.encode(prompt, { special: false }), text);
  const whole = [...start, ...text, ...end];
  const completionStart = Math.max(1, start.length + promptTokens);

  if (completion === '') throw new RequestError(`An example has no completion to learn: ${shown(example)}.`);
  if (completionStart >= Math.min(maxLength, whole.length)) {
    throw new RequestError(
      `Nothing of the completion is left within ${maxLength} tokens: ${shown(example)} takes ${completionStart} before it and ` +
        `${whole.length} in all. Raise the length to ${whole.length}, or leave such examples out.`,
    );
  }

  const cut = whole.length > maxLength;
  const ids = Int32Array.from(cut ? whole.slice(0, maxLength) : whole);
  const labels = ids.slice().fill(ignored, 0, completionStart);
  const kept = cut ? tokenizer.decode([...ids.subarray(start.length + promptTokens)]).trimStart() : completion;
  return { ids, labels, completionBytes: Buffer.byteLength(kept), cut };
}

/** All examples, in their order. If any had to be cut, `report` hears once how many, and what to do. */
export function encodeAll(
  examples: readonly Example[],
  tokenizer: TextTokenizer,
  maxLength: number,
  report: (message: string) => void,
): Sequence[] {
  const sequences = examples.map((example) => encode(example, tokenizer, maxLength));
  const cut = sequences.filter((sequence) => sequence.cut).length;
  if (cut > 0) {
    report(
      `${cut} of ${examples.length} texts are longer than ${maxLength} tokens and were cut there; a larger length keeps them whole.`,
    );
  }
  return sequences;
}

/** Tokens that hold only the prompt. A token across the border holds some of the completion, so the loss counts it. */
function commonPrefix(prompt: readonly number[], text: readonly number[]): number {
  const differs = prompt.findIndex((id, i) => id !== text[i]);
  return differs === -1 ? prompt.length : differs;
}

function shown({ prompt, completion }: Example): string {
  const short = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
  return prompt === '' ? short(completion) : `${short(prompt)} → ${short(completion)}`;
}
