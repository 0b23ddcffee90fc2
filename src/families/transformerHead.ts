/** The end of a transformer by its task. */
import { activate } from '../blocks/activate.ts';
import { activations } from '../blocks/activations/index.ts';
import type { Block } from '../blocks/block.ts';
import { chain } from '../blocks/chain.ts';
import { featureHead } from '../blocks/featureHead.ts';
import { type Head, trainedHead } from '../blocks/head.ts';
import { crossEntropy, squaredError } from '../blocks/losses.ts';
import { firstRow, lastTokenRow, pooledHead } from '../blocks/pooledHead.ts';
import type { TransformerArchitecture } from './architecture.ts';
import type { Places } from './places.ts';

export function headOf(a: TransformerArchitecture, places: Places): Head {
  const { head, names, width, vocabulary } = a;
  const pooled = (name: string | null): Block =>
    chain(name === null ? [] : [places.linear(name, [width, width], { bias: true }), activate(activations.tanh)]);
  switch (head.task) {
    case 'causal-lm':
    case 'masked-lm':
      return places.head(names.head, [width, vocabulary], {
        tiedTo: a.tied ? names.embedding : null,
        bias: head.bias,
        ...(names.headTensor && { tensor: names.headTensor }),
      });
    case 'sequence-classification': {
      const { row, pooler, labels, hasBias, regression } = head;
      const before = pooled(pooler);
      // PEFT knows a classifier's last map by its name, and takes RoBERTa's classifier.out_proj for any other.
      const isHead = ['score', 'classifier'].includes(names.head);
      const output = places.linear(names.head, [width, labels], { bias: hasBias, isHead });
      const rowOf = row.at === 'first' ? firstRow : lastTokenRow(row.padding);
      return pooledHead(rowOf, before, trainedHead(output, regression ? squaredError : crossEntropy));
    }
    case 'feature':
      return featureHead(head.pooler === null ? null : pooled(head.pooler));
  }
}
