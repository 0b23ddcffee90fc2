/** Bytes by arithmetic (`inspect --config`) of the networks whose memory papers speak of (docs/memory.md). */
export interface MemoryFigures {
  /** GPT-3 175B, LoRA of rank 4 on queries and values, everything in 16 bits. */
  readonly gpt3: {
    readonly trained: number;
    /** Bytes of the weights. */
    readonly base: number;
    readonly lora: CountedRun;
    readonly full: CountedRun;
  };
  /** 70 B: the adapter on NF4 in 16 bits, and full fine-tuning in mixed precision, for one sequence of so many tokens. */
  readonly llama70b: { readonly qlora: CountedRun; readonly full: CountedRun; readonly sequence: number };
}

/** In bytes. Activations are counted in the total, and apart. */
export interface CountedRun {
  readonly totalBytes: number;
  readonly activationBytes: number;
  readonly checkpointBytes: number;
}
