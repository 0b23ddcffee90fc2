/** RoBERTa, arXiv:1907.11692: positions that pass over padding, one token type, a classifier with a map of its own. */
import type { TransformerArchitecture } from './architecture.ts';
import { configReader } from './config.ts';
import { encoder, encoderTask } from './encoder.ts';

export function roberta(config: object): TransformerArchitecture {
  const isBare = encoderTask(config) === 'feature';
  const body = isBare ? '' : 'roberta.';
  return encoder(config, {
    vocabulary: 50265,
    body,
    prefix: 'roberta.',
    padding: configReader(config).number('pad_token_id', 1),
    outputs: { 'masked-lm': 'lm_head.decoder', 'sequence-classification': 'classifier.out_proj' },
    transform: { map: 'lm_head.dense', norm: 'lm_head.layer_norm', bias: 'lm_head.bias', activation: 'gelu' },
    pooler: isBare ? 'pooler.dense' : 'classifier.dense',
    ignored: [/^lm_head\.(decoder\.|bias$)/],
  });
}
