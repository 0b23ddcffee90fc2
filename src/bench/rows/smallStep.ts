/** Steps so small that the calls are what takes time: one alone, and sixteen runs in one. */
import { plainRow, type Row } from '../row.ts';
import { rows64 } from '../shape.ts';
import { loraStep, timeAgainst } from './step.ts';

const manyTurns = { rounds: 8, repeats: 25 };

export function smallStepRows(): Row[] {
  const alone = { ...loraStep(rows64, 1), warmup: 20 };
  const counted = { ...alone, countsCalls: true };
  const together = { ...alone, lanes: 16 };
  const oneMillisecond = { name: '1 ms', value: () => 1 };
  return [
    {
      ...plainRow,
      name: 'step-lora-64-rows',
      what: 'a training step of LoRA of 64 rows, vocabulary 512, hidden 64, 5 layers, one thread',
      sides: () => [
        { name: 'ours', by: 'us', job: counted },
        { name: 'peer', by: 'peer', job: counted },
      ],
      turns: manyTurns,
      figures: [timeAgainst(oneMillisecond, { reach: 6.5 })],
      seconds: 20,
    },
    {
      ...plainRow,
      name: 'lanes',
      what: "a run's share of a step of 16 runs together (32 runs are two such groups), 64 rows each, one thread",
      sides: () => [
        { name: 'ours', by: 'us', job: together },
        { name: 'our runs one by one', by: 'us', job: alone },
      ],
      turns: { rounds: 8, repeats: 10 },
      figures: [timeAgainst('our runs one by one', { reach: 0.33 })],
      seconds: 20,
    },
  ];
}
