/**
 * E2E NLG (Novikova, Dušek, Rieser 2017): from a restaurant's slots to a sentence. The prompt has the text form of the LoRA
 * paper's data (Hu et al. 2022, examples/NLG/data/e2e), with " =" as the separator; the completion is the reference as published.
 *
 *   name[Alimentum], area[city centre]  →  "name : Alimentum | area : city centre ="
 *
 * The official training file is not among the shared materials, so training and validation are both cut from the development
 * set, by meaning representation (MR): an eighth of its MRs is for validation, whatever the sizes asked for. The official test
 * set has no MR in common with it.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { RequestError } from '../errors.ts';
import { checkNames } from '../optionNames.ts';
import { stream } from '../tensor/random.ts';
import { meaningOf } from './e2e/slots.ts';
import { firstExamples } from './firstExamples.ts';
import { sharedFolder } from './shared.ts';
import { defineTask, splits, type Example, type Metric, type Split, type Task, type Writing } from './task.ts';
import { writing } from './writing.ts';

/** References in each split: the first so many, over as many MRs as possible; 'all' by default. */
export type E2eOptions = { readonly [S in Split]?: number | 'all' } & {
  /**
   * Test prompts that text is written for, and its length: 100 and 80 unless given. What is written is compared with all published
   * references of its MR, whatever the size of the split. false: no text is written, and bleu, chrF, rougeL and slotErrorRate fall away.
   */
  readonly generate?: Partial<Writing> | false;
};

const losses: readonly Metric[] = ['lossNats', 'bitsPerByte'];
const ofText: readonly Metric[] = ['bleu', 'chrF', 'rougeL', 'slotErrorRate'];

/** Throws a RequestError, when its examples are first asked for, if a file is missing or has too few references. */
export function e2e(options: E2eOptions = {}): Task {
  checkNames('e2e', options, [...splits, 'generate']);
  const sizes = { train: options.train ?? 'all', validation: options.validation ?? 'all', test: options.test ?? 'all' };
  const generate = options.generate === false ? null : writing('e2e', options.generate, { prompts: 100, tokens: 80 });
  const head = {
    name: 'E2E NLG',
    spec: { type: 'e2e', ...sizes, ...generate },
    metrics: generate ? [...losses, ...ofText] : losses,
    ...(generate && { generate }),
  };
  return defineTask(head, () => {
    const development = byMeaning(read('devset.csv'), 'devset.csv');
    const held = Math.ceil(development.length / 8);
    const meanings: Record<Split, readonly (readonly Example[])[]> = {
      validation: development.slice(0, held),
      train: development.slice(held),
      test: byMeaning(read('testset_w_refs.csv'), 'testset_w_refs.csv'),
    };
    const made = splits.map(
      (split) => [split, firstExamples('e2e', split, roundRobin(meanings[split]), sizes[split])] as const,
    );
    return {
      splits: Object.fromEntries(made) as Record<Split, readonly Example[]>,
      cloze: [],
      minimalPairs: [],
    };
  });
}

/** The LoRA paper's form of a meaning representation, without a separator. */
export function slotsText(meaningRepresentation: string): string {
  const slots = [...meaningOf(meaningRepresentation)];
  return slots.map(([slot, value]) => `${slotNames[slot] ?? slot} : ${spacedPrice(value)}`).join(' | ');
}

const slotNames: Readonly<Record<string, string>> = {
  eatType: 'Type',
  familyFriendly: 'family friendly',
  priceRange: 'price',
};

function spacedPrice(value: string): string {
  return value.includes('£') ? value.replace('£', '£ ').replace('-', ' - ') : value;
}

function read(file: string): Example[] {
  const found = sharedFolder('data', 'e2e-nlg', file);
  const rows: Record<string, string>[] = parse(readFileSync(found), { columns: true, bom: true });
  return rows.map(({ mr, ref }, row) => {
    if (!mr || !ref?.trim()) {
      throw new RequestError(
        `${found}: record ${row + 1} lacks "mr" or "ref"; the columns of the E2E files are mr,ref.`,
      );
    }
    return { prompt: `${slotsText(mr)} =`, completion: ref.trim(), group: mr };
  });
}

/** The references of each MR, the MRs in an order that is fixed for each file. */
function byMeaning(references: readonly Example[], file: string): Example[][] {
  const groups = new Map<string, Example[]>();
  for (const reference of references) {
    const group = groups.get(reference.group!) ?? [];
    groups.set(reference.group!, [...group, reference]);
  }
  return stream(0, 'e2e', file).shuffle([...groups.values()].map(withReferences));
}

/** Each with all of its MR. */
function withReferences(examples: readonly Example[]): Example[] {
  const references = examples.map(({ completion }) => completion);
  return examples.map((example) => ({ ...example, references }));
}

/** The first reference of every MR, then the second of every MR that has one, and so on. */
function roundRobin(meanings: readonly (readonly Example[])[]): Example[] {
  const most = Math.max(...meanings.map((references) => references.length));
  return Array.from({ length: most }, (_, turn) =>
    meanings.flatMap((references) => references.slice(turn, turn + 1)),
  ).flat();
}
