import { bytesText, countText, significant } from '../../report/numberText.ts';
import type { Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';
import { fact, type Finding, remark } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';

/** A figure of a paper, rounded to two digits at most: ours may be a tenth away. */
const rounded = 0.1;

/** What the figures are of: bytes and a ratio. */
const said = {
  full: 1.2e12,
  lora: 350e9,
  fewer: 10_000,
  checkpoint: 35e6,
  wholeCheckpoint: 350e9,
  twoCards: 2 * 24e9,
  sixteenCards: 16 * 80e9,
};

export const memoryArithmetic: Claim = {
  number: 28,
  claim:
    'GPT-3 175B: 1.2 TB to train with Adam, 350 GB with LoRA, 10,000 times fewer trained parameters, 350 GB → 35 MB to save; 70 B in NF4 within 2 × 24 GB, in full 16 × 80 GB.',
  sections: [
    { source: 'arithmetic from shapes', find: figures, see: [{ text: 'docs/memory.md', href: '../docs/memory.md' }] },
  ],
};

function figures({ memory }: Evidence): Finding[] {
  if (!memory)
    throw new NotMeasured(
      'the configurations are not at hand: npx adapterlab inspect --config docs/memory/gpt-3-175b.json',
    );
  const { gpt3, llama70b } = memory;
  const near = (value: number, figure: number): boolean => Math.abs(value / figure - 1) <= rounded;
  const without = ({ totalBytes, activationBytes }: { totalBytes: number; activationBytes: number }): number =>
    totalBytes - activationBytes;
  const times = gpt3.full.checkpointBytes / gpt3.lora.checkpointBytes;
  return [
    fact(
      near(times, said.fewer),
      `LoRA of rank 4 on queries and values trains ${countText(gpt3.trained)} numbers, ${countText(times)} times fewer`,
    ),
    fact(
      near(gpt3.full.checkpointBytes, said.wholeCheckpoint) && near(gpt3.lora.checkpointBytes, said.checkpoint),
      `saved in 16 bits: ${bytesText(gpt3.full.checkpointBytes)} against ${bytesText(gpt3.lora.checkpointBytes)}`,
    ),
    fact(
      near(without(gpt3.lora), said.lora),
      `LoRA holds ${bytesText(without(gpt3.lora))} in 16 bits, of which ${bytesText(gpt3.base)} are weights, if activations (${bytesText(gpt3.lora.activationBytes)} for 2,048 tokens) are left out`,
    ),
    fact(
      near(without(gpt3.full), said.full),
      `full fine-tuning with Adam holds ${bytesText(without(gpt3.full))} in 16 bits without activations, ${significant(without(gpt3.full) / said.full, 3)} times the 1.2 TB said`,
    ),
    fact(
      llama70b.qlora.totalBytes <= said.twoCards,
      `70 B in NF4 with LoRA of rank 8 on queries and values takes ${bytesText(llama70b.qlora.totalBytes)} for one sequence of ${llama70b.sequence} tokens in 16 bits (2 × 24 GB are ${bytesText(said.twoCards)})`,
    ),
    fact(
      without(llama70b.full) > said.sixteenCards / 2 && without(llama70b.full) <= said.sixteenCards,
      `70 B in full, mixed precision, takes ${bytesText(without(llama70b.full))} without activations: more than eight cards of 80 GB and at most sixteen`,
    ),
    remark('each figure with its assumptions is in docs/memory.md; a paper’s figure is said to hold within a tenth'),
  ];
}
