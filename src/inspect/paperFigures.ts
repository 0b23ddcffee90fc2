/** The networks whose memory papers speak of (docs/memory.md), counted. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CountedRun, MemoryFigures } from '../report/claims/memoryFigures.ts';
import { inspect, type Memory } from './inspect.ts';
import type { Training } from './memory.ts';
import { configShape } from './modelShape.ts';
import { precisionOf } from './precision.ts';
import { type MethodRequest, requested } from './request.ts';

/** Tokens of the one sequence that is counted of 70 B, as in docs/memory.md. */
const sequence = 384;

/** `folder`: that of the configurations. Null where they are not there. */
export function paperFigures(folder: string): MemoryFigures | null {
  const [gpt3, llama] = ['gpt-3-175b', 'llama-2-70b'].map((name) => path.join(folder, `${name}.json`)) as [
    string,
    string,
  ];
  if (!existsSync(gpt3) || !existsSync(llama)) return null;
  const queryAndValue = { method: 'lora', rank: 4, targets: ['c_attn:query', 'c_attn:value'] };
  const lora = counted(gpt3, queryAndValue, { precision: precisionOf('fp16') });
  const qlora = { method: 'qlora', rank: 8 };
  const small = counted(llama, qlora, { precision: precisionOf('bf16'), sequence });
  const mixed = counted(llama, qlora, { precision: precisionOf('mixed'), sequence });
  return {
    gpt3: {
      trained: lora.totals.trainable,
      base: lora.totals.bytes.base,
      lora: runOf(lora.totals),
      full: runOf(lora.fullFineTuning),
    },
    llama70b: { qlora: runOf(small.totals), full: runOf(mixed.fullFineTuning), sequence },
  };
}

function counted(config: string, request: MethodRequest, training: Partial<Training>): ReturnType<typeof inspect> {
  const shape = configShape(config);
  const { method, methodFor } = requested(shape, request);
  return inspect(shape.architecture, method.storage, methodFor, training);
}

const runOf = ({ totalBytes, bytes, checkpointBytes }: Memory): CountedRun => ({
  totalBytes,
  activationBytes: bytes.activations,
  checkpointBytes,
});
