/** BERT, arXiv:1810.04805. */
import type { TransformerArchitecture } from './architecture.ts';
import { encoder, encoderTask } from './encoder.ts';

export function bert(config: object): TransformerArchitecture {
  const body = encoderTask(config) === 'feature' ? '' : 'bert.';
  const transform = 'cls.predictions.transform';
  return encoder(config, {
    vocabulary: 30522,
    body,
    prefix: 'bert.',
    padding: null,
    outputs: { 'masked-lm': 'cls.predictions.decoder', 'sequence-classification': 'classifier' },
    transform: { map: `${transform}.dense`, norm: `${transform}.LayerNorm`, bias: 'cls.predictions.bias' },
    pooler: `${body}pooler.dense`,
    ignored: [/^cls\.seq_relationship\./, /^cls\.predictions\.(decoder\.|bias$)/],
  });
}
