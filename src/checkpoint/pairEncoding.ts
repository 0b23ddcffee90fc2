/**
 * Two texts as one input, from the ids of each and the `post_processor` of tokenizer.json, as the reference implementation joins them.
 * Ours because @huggingface/tokenizers drops the second text behind a byte-level processor, takes an empty one for none, and gives
 * RoBERTa's second text another type.
 */
import { z } from 'zod';
import { RequestError } from '../errors.ts';

export interface EncodedPair {
  readonly ids: number[];
  /** Of each id, the type of its text: 0 or 1, as the processor says (`token_type_ids`). */
  readonly typeIds: number[];
}

const ends = { sep: z.tuple([z.string(), z.int()]), cls: z.tuple([z.string(), z.int()]) };
const typed = { id: z.string(), type_id: z.int() };

const processor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel') }),
  z.object({ type: z.literal('BertProcessing'), ...ends }),
  z.object({ type: z.literal('RobertaProcessing'), ...ends }),
  z.object({
    type: z.literal('TemplateProcessing'),
    pair: z.array(z.union([z.object({ Sequence: z.object(typed) }), z.object({ SpecialToken: z.object(typed) })])),
    special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int()) })),
  }),
  z.object({ type: z.literal('Sequence'), processors: z.array(z.unknown()) }),
]);

type Processor = z.infer<typeof processor>;
type Join = (first: readonly number[], second: readonly number[]) => EncodedPair;

/** How a processor joins two texts. Throws RequestError for one that is not known. */
export function pairJoiner(definition: unknown): Join {
  const known = flat(definition).filter(({ type }) => type !== 'ByteLevel'); // that one changes offsets only
  if (known.length > 1) throw new RequestError('its post_processor has several parts that add tokens');
  return (first, second) => {
    const parts = partsOf(known[0], first, second);
    return {
      ids: parts.flatMap(({ ids }) => ids),
      typeIds: parts.flatMap(({ ids, typeId }) => ids.map(() => typeId)),
    };
  };
}

function flat(definition: unknown): Processor[] {
  if (definition === null || definition === undefined) return [];
  const parsed = processor.safeParse(definition);
  if (!parsed.success) throw new RequestError(`its post_processor cannot join pairs: ${z.prettifyError(parsed.error)}`);
  return parsed.data.type === 'Sequence' ? parsed.data.processors.flatMap(flat) : [parsed.data];
}

type Part = { readonly ids: readonly number[]; readonly typeId: number };

function partsOf(processor: Processor | undefined, first: readonly number[], second: readonly number[]): Part[] {
  const part = (typeId: number, ...ids: readonly number[]): Part => ({ ids, typeId });
  switch (processor?.type) {
    case 'BertProcessing': {
      const [cls, sep] = [processor.cls[1], processor.sep[1]];
      return [part(0, cls, ...first, sep), part(1, ...second, sep)];
    }
    case 'RobertaProcessing': {
      const [cls, sep] = [processor.cls[1], processor.sep[1]];
      return [part(0, cls, ...first, sep, sep, ...second, sep)];
    }
    case 'TemplateProcessing':
      return processor.pair.map((piece) => {
        if ('Sequence' in piece) return part(piece.Sequence.type_id, ...(piece.Sequence.id === 'A' ? first : second));
        const { id, type_id: typeId } = piece.SpecialToken;
        return part(typeId, ...(processor.special_tokens[id]?.ids ?? []));
      });
    default:
      return [part(0, ...first), part(1, ...second)];
  }
}
