import { existsSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';

/** What to put where, for those who have not got the folder. */
const sources: Readonly<Record<string, string>> = {
  'data/e2e-nlg':
    'devset.csv and testset_w_refs.csv of the E2E NLG challenge (GitHub: tuetschek/e2e-dataset, CC BY-SA 4.0)',
  'data/gsm8k': 'train.jsonl and test.jsonl of GSM8K (GitHub: openai/grade-school-math, grade_school_math/data, MIT)',
  'data/code':
    'mbpp.jsonl (GitHub: google-research/google-research, mbpp, CC BY 4.0) and HumanEval.jsonl.gz (GitHub: openai/human-eval, data, MIT)',
  'data/zorro': 'the files of sentences/babyberta, one for each paradigm (GitHub: phueb/Zorro, MIT)',
  'data/tinystories-val':
    'tinystories_val.txt, stories of the TinyStories validation set separated by blank lines (roneneldan/TinyStories, CDLA-Sharing-1.0)',
  'models/stories260K-hf': 'stories260K as a Hugging Face folder: config.json, model.safetensors, tokenizer.json',
};

/**
 * The path of a file or folder of the shared materials: data sets and pretrained models that are not part of the package. They
 * lie in the folder that ADAPTERLAB_SHARED names, by default ../shared from the working folder. Throws a RequestError that says
 * where it looked and what belongs there.
 */
export function sharedFolder(...parts: string[]): string {
  const root = process.env.ADAPTERLAB_SHARED;
  const wanted = parts.join('/');
  const found = path.resolve(root || '../shared', ...parts);
  if (existsSync(found)) return found;
  const source = Object.entries(sources).find(([folder]) => wanted === folder || wanted.startsWith(`${folder}/`));
  throw new RequestError(
    `${found} does not exist. Shared data and models are looked for in the folder that ADAPTERLAB_SHARED names ` +
      `(${root ? `now ${root}` : 'not set, so ../shared'}). ` +
      (source === undefined ? `Put ${wanted} there` : `Put there, as ${source[0]}: ${source[1]}`) +
      `; or set ADAPTERLAB_SHARED to a folder that has it.`,
  );
}
