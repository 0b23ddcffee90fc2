import { Command } from 'commander';
import { columns } from '../inspect/columns.ts';
import { countText, fixed } from '../report/numberText.ts';
import { baseScores, type TextScores, textScores } from '../train/textScores.ts';
import { liveLine } from './liveLine.ts';
import { type ModelArguments, openAdapted, withModel, withModelOptions } from './adaptedModel.ts';
import { languageModel } from './ownModel.ts';
import { type DataArguments, dataHelp, readSequences, sequenceLength, withDataOptions } from './dataOptions.ts';

interface EvaluateArguments extends ModelArguments, DataArguments {
  readonly json?: boolean;
}

const help = `${dataHelp}

Example:
  adapterlab evaluate --model ../shared/models/stories260K-hf --adapter my-adapter --data my-stories.txt`;

/** The verb `evaluate`: how well a model predicts a person's texts, without an adapter and with it. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Score texts: loss in nats a token, perplexity, bits a byte; without an adapter and with it')
    .option('--adapter <folder>', 'an adapter in the format of PEFT');
  return withModelOptions(withDataOptions(command))
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', help)
    .action(evaluateTexts);
}

async function evaluateTexts(given: EvaluateArguments): Promise<void> {
  const opened = openAdapted(given);
  const { adapter, storage } = opened;
  try {
    const own = languageModel(opened.own);
    const warnings: string[] = [];
    const sequence = sequenceLength(given, own);
    const entries = readSequences(given, own, (message) => void warnings.push(message));
    const sequences = entries.flatMap((entry) => entry.sequences);
    for (const warning of warnings) console.error(`warning: ${warning}`);
    const passes = adapter ? 2 : 1;
    const all = passes * sequences.reduce((n, { ids }) => n + ids.length, 0);
    let read = 0;
    const line = liveLine(process.stderr, () => `${Math.floor((100 * read) / all)} % of ${countText(all)} tokens`);
    const between = (tokens: number): void => {
      read += tokens;
      line.show();
    };
    const scores = await withModel(opened, given.engine, async (model) => {
      line.start();
      try {
        const base = await baseScores(model, sequences, between);
        return { base, adapted: adapter && (await textScores(model, sequences, between)) };
      } finally {
        line.end();
      }
    });
    const result = {
      model: { name: own.name, type: own.type, storage: storage.spec },
      adapter: adapter && { folder: adapter.folder, type: adapter.type },
      data: { file: given.data, sequences: sequences.length, sequence },
      ...scores,
      warnings,
    };
    console.log(given.json ? JSON.stringify(result, null, 2) : table(own.name, scores));
  } finally {
    opened.close();
  }
}

const rows: readonly (readonly [string, (scores: TextScores) => string])[] = [
  ['nats a token', ({ lossNats }) => fixed(lossNats, 4)],
  ['perplexity', ({ perplexity }) => fixed(perplexity, 4)],
  ['bits a byte', ({ bitsPerByte }) => fixed(bitsPerByte, 4)],
  ['likeliest token', ({ tokenAccuracy }) => `${fixed(100 * tokenAccuracy, 2)} %`],
  ['tokens', ({ tokens }) => countText(tokens)],
  ['bytes', ({ bytes }) => countText(bytes)],
];

function table(name: string, { base, adapted }: { base: TextScores; adapted: TextScores | null }): string {
  const all = [base, ...(adapted ? [adapted] : [])];
  return columns([
    ['', name, ...(adapted ? ['with the adapter'] : [])],
    ...rows.map(([label, text]) => [label, ...all.map(text)]),
  ]).join('\n');
}
