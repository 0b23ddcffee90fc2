/** README.md of an adapter: the front matter that a hub of models reads, as PEFT writes it, and plain facts. */
import type { AdapterNotes } from './adapterNotes.ts';
import { trainingRows } from './trainingRows.ts';

export interface CardFacts {
  readonly notes: AdapterNotes;
  /** LORA …; null for a whole model. */
  readonly peftType: string | null;
  readonly taskType: string | null;
  /** The name of the method, where it has one. */
  readonly method?: string | undefined;
}

export function modelCard({ notes, peftType, taskType, method }: CardFacts): string {
  const { base, methods, trainedParameters } = notes;
  const tags = [
    `base_model:${peftType ? 'adapter' : 'finetune'}:${base.name}`,
    ...(peftType ? [peftType.toLowerCase()] : []),
    'transformers',
  ];
  const frontMatter = [
    '---',
    `base_model: ${JSON.stringify(base.name)}`,
    `library_name: ${peftType ? 'peft' : 'transformers'}`,
    ...(taskType === 'CAUSAL_LM' ? ['pipeline_tag: text-generation'] : []),
    'tags:',
    ...tags.map((tag) => `- ${JSON.stringify(tag)}`),
    '---',
  ];
  const facts = [
    `| base | ${base.name} |`,
    `| base, sha256 of config and tensors | \`${base.sha256}\` |`,
    `| base held as | ${base.storage.type} |`,
    ...(method ? [`| method | ${method} |`] : []),
    ...(peftType ? [`| peft_type | ${peftType} |`] : []),
    `| trained numbers | ${trainedParameters.toLocaleString('en-US')} |`,
    ...methods.map(
      ({ sites, update, rescale }) =>
        `| ${update.type}${rescale.type === 'none' ? '' : ` with ${rescale.type}`}${rankOf(update)} | ${sites.length} sites: ${ends(sites)} |`,
    ),
    ...trainingRows(notes.training),
  ];
  return `${[
    ...frontMatter,
    '',
    `# ${peftType ? 'Adapter' : 'Model'} on ${base.name}`,
    '',
    '| | |',
    '|---|---|',
    ...facts,
    '',
    'What the files of PEFT have no place for (optimizer groups, how the base was held, the method by its parts) is in `adapterlab.json`.',
    '',
    ...(peftType ? loading(base.name, taskType) : []),
  ].join('\n')}\n`;
}

const rankOf = ({ rank, alpha }: { readonly [name: string]: unknown }): string =>
  typeof rank === 'number' ? `, rank ${rank}${typeof alpha === 'number' ? `, alpha ${alpha}` : ''}` : '';

const ends = (sites: readonly string[]): string =>
  [...new Set(sites.map((site) => site.split('.').at(-1)!))].join(', ');

function loading(base: string, taskType: string | null): string[] {
  const auto = taskType === 'SEQ_CLS' ? 'AutoModelForSequenceClassification' : 'AutoModelForCausalLM';
  return [
    '## Loading',
    '',
    'With PEFT:',
    '',
    '```python',
    `from transformers import ${auto}`,
    'from peft import PeftModel',
    '',
    `base = ${auto}.from_pretrained(${JSON.stringify(base)})`,
    'model = PeftModel.from_pretrained(base, "<this folder>")',
    '```',
    '',
    'With adapterlab:',
    '',
    '```ts',
    "import { loadAdapter, loadBase, openCheckpoint } from 'adapterlab';",
    '',
    `const base = loadBase(openCheckpoint(${JSON.stringify(base)}));`,
    "const model = loadAdapter(base, '<this folder>');",
    '```',
    '',
  ];
}
