/** The entries of a person's file as token sequences, and which of them belong together. */
import type { ChatTemplate } from '../../checkpoint/chatTemplate.ts';
import { RequestError } from '../../errors.ts';
import { encode, type Sequence } from '../encode.ts';
import type { Example } from '../task.ts';
import type { TextTokenizer } from '../textTokenizer.ts';
import { asWritten, chatExample } from './chat.ts';
import type { Completion, TextEntry } from './textFile.ts';
import { windows } from './windows.ts';

/** The sequences of one entry. */
export interface EncodedEntry {
  readonly sequences: readonly Sequence[];
  /** Equal for entries that ask the same: none of them is held out while another is learnt. */
  readonly key: string;
}

export interface EncodeOptions {
  /** Tokens of a sequence at most. */
  readonly length: number;
  /** What writes conversations as texts; null: they are refused. */
  readonly chat: ChatTemplate | null;
  /** Hears what was cut or left out, and what to do. */
  readonly warn: (message: string) => void;
}

/** In the order of the file. A RequestError where nothing is left of it. */
export function encodeEntries(
  entries: readonly TextEntry[],
  tokenizer: TextTokenizer,
  { length, chat, warn }: EncodeOptions,
): EncodedEntry[] {
  const encoded = entries.map((entry): EncodedEntry => {
    if (entry.type === 'text') return { key: entry.text, sequences: windows(entry.text, tokenizer, length) };
    if (entry.type === 'completion')
      return { key: entry.prompt || entry.completion, sequences: cutToFit(joined(entry), tokenizer, length) };
    if (!chat)
      throw new RequestError(
        '"messages" need a chat template, and the folder of the tokenizer has none; write "prompt" and "completion"',
      );
    const example = chatExample(entry, chat);
    return { key: example.prompt, sequences: cutToFit(example, asWritten(tokenizer), length) };
  });
  const kept = encoded.filter(({ sequences }) => sequences.length > 0);
  const count = (n: number): string => `${n} of ${entries.length} texts`;
  const cut = kept.filter(({ sequences }) => sequences.some((sequence) => sequence.cut)).length;
  if (cut > 0) warn(`${count(cut)} are longer than ${length} tokens and were cut there; --sequence keeps more of them`);
  const lost = encoded.length - kept.length;
  if (lost > 0) warn(`${count(lost)} have nothing to learn within ${length} tokens and were left out`);
  if (kept.length === 0) throw new RequestError(`no text has anything to learn within ${length} tokens`);
  return kept;
}

/** Cut where it is too long; none where the cut leaves nothing of the completion. */
function cutToFit(example: Example, tokenizer: TextTokenizer, length: number): Sequence[] {
  const whole = encode(example, tokenizer, Infinity);
  const first = whole.labels.findIndex((label) => label >= 0);
  if (first < 0 || first >= length) return [];
  return [whole.ids.length <= length ? whole : encode(example, tokenizer, length)];
}

/** As it stands where there is more than one space between the two already, or a line; else with one space, as `encode` has it. */
function joined({ prompt, completion: text }: Completion): Example {
  if (/\s$/.test(prompt) || /^(\s\s|[^\S ])/.test(text)) return { prompt, completion: text, joint: '' };
  return { prompt, completion: text.replace(/^ /, '') };
}
