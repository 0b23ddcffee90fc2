/** The smallest step on the engines that run anywhere. */
import { plainRow, type Row, type RowSide } from '../row.ts';
import { shapes, sizeText } from '../shape.ts';
import { loraStep, timeAgainst } from './step.ts';

export function otherEngineRows(): Row[] {
  const shape = shapes['64x5'];
  const job = { ...loraStep(shape, 1), warmup: 1 };
  const on = (engine: string): RowSide => ({ name: 'ours', by: 'us', job: { ...job, engine } });
  const peer: RowSide = { name: 'peer', by: 'peer', job };
  const wasm = on('wasm');
  const plain: RowSide = { ...wasm, name: 'the plain tape', job: { ...job, engine: 'wasm', writing: 'plain' } };
  return [
    {
      ...plainRow,
      name: 'step-lora-64x5-wasm',
      what: `a training step of LoRA on WebAssembly: ${sizeText(shape)}, one thread`,
      sides: () => [wasm, plain, peer],
      turns: { rounds: 4, repeats: 3 },
      figures: [timeAgainst(plain.name, { reach: 0.2 })],
      seconds: 35,
    },
    {
      ...plainRow,
      name: 'step-lora-64x5-cpu',
      what: `a training step of LoRA in plain JavaScript: ${sizeText(shape)}, one thread`,
      sides: () => [on('cpu'), peer],
      turns: { rounds: 2, repeats: 1 },
      seconds: 40,
    },
  ];
}
