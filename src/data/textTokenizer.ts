/** What the data needs of a tokenizer. Neither direction adds or expects the special tokens bos and eos. */
export interface TextTokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** Begins every sequence; null where the model was trained without one. */
  readonly bos: number | null;
  /** Ends every completion; null where the model was trained without one. May be the same id as bos. */
  readonly eos: number | null;
}
