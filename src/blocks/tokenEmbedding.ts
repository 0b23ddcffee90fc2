/**
 * What a text network reads:   y = E[ids] + P[positions] + T[types], the last two where there are such tables. The gradient of each
 * table adds dy's rows up by its ids.
 *
 * Positions count 0 to length − 1, whatever is padded; RoBERTa's count the tokens that are not the padding token, from that token's
 * id + 1 on, and padding stays at that id.
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { cached } from '../tensor/cached.ts';
import { type Ids, idsOf } from '../tensor/siteInput.ts';
import { type Block, block } from './block.ts';
import type { TableMap } from './embedding.ts';
import type { TokenBatch } from './tokenBatch.ts';

export interface EmbeddingTables {
  readonly tokens: TableMap;
  readonly positions: PositionTable | null;
  /** Of two kinds of text in one sequence (BERT's sentences A and B). */
  readonly types: TableMap | null;
}

export interface PositionTable {
  readonly table: TableMap;
  /** Sequences longer than this have no positions. */
  readonly maxLength: number;
  /** RoBERTa's: the token that positions pass over, from which they start. */
  readonly padding: number | null;
}

/** A sequence that is too long is a RequestError. */
export function tokenEmbedding({ tokens, positions, types }: EmbeddingTables): Block<TokenBatch, Tensor2D> {
  const tables = [tokens, ...(positions ? [positions.table] : []), ...(types ? [types] : [])];
  return block({
    trains: tables.some(({ trains }) => trains),
    forward(batch: TokenBatch, pass) {
      if (batch.types && !types) throw new RequestError('this network does not tell token types apart; give it none');
      const ids = [
        batch.ids,
        ...(positions ? [positionsOf(batch, positions, pass.cache?.length ?? 0)] : []),
        ...(types ? [batch.types ?? zeros(batch.ids.host.length)] : []),
      ];
      const steps = tables.map((table, i) => table.forward(ids[i]!, { ...pass, saves: pass.saves && table.trains }));
      const y = steps.map((step) => step.y).reduce((sum, rows) => tf.add(sum, rows));
      // Tables read their ids again in backward: those that were made for this batch must live as long.
      const own = positions && positions.padding !== null ? ids[1]!.device : null;
      return { y, saved: { tables: steps.map(({ saved }) => saved), own } };
    },
    backward(dy, saved) {
      tables.forEach((table, i) => table.trains && table.backward(dy, saved.tables[i]!, false));
      return null;
    },
  });
}

/** `past`: positions before these. */
function positionsOf({ ids, length }: TokenBatch, { maxLength, padding }: PositionTable, past: number): Ids {
  const all = past + length;
  if (all > maxLength)
    throw new RequestError(`a sequence of ${all} tokens is too long for a model of ${maxLength} positions; cut it`);
  if (past > 0) return idsOf(ids.host.map((_, row) => past + (row % length)));
  if (padding === null) return constantIds(`positions/${length}`, ids.host.length, (row) => row % length);
  const counted = new Int32Array(ids.host.length);
  let count = 0;
  ids.host.forEach((id, row) => {
    if (row % length === 0) count = 0;
    counted[row] = id === padding ? padding : padding + ++count;
  });
  return idsOf(counted);
}

const zeros = (rows: number): Ids => constantIds('types', rows, () => 0);

function constantIds(name: string, rows: number, of: (row: number) => number): Ids {
  const host = Int32Array.from({ length: rows }, (_, row) => of(row));
  return { host, device: cached(`${name}/${rows}`, () => tf.tensor1d(host, 'int32')) as Tensor1D };
}
