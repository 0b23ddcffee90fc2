/** What the data needs of a tokenizer; that of a checkpoint will do. */
export interface TextTokenizer {
  /** Of the text alone: the data puts bos and eos where they belong. */
  encode(text: string, options: { readonly special: false }): number[];
  decode(ids: readonly number[]): string;
  /** Begins every sequence; null where the model was trained without one. */
  readonly bos: number | null;
  /** Ends every completion; null where the model was trained without one. May be the same id as bos. */
  readonly eos: number | null;
}
