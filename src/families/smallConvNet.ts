/** The small convolutional network of the reference runs, which has no model_type: two convolutions of 3 × 3, the second in steps of 2. */
import { RequestError } from '../errors.ts';
import type { ConvNetArchitecture } from './architecture.ts';
import { configReader } from './config.ts';

export function smallConvNet(config: object): ConvNetArchitecture {
  const read = configReader(config);
  const channels = read.numbers('channels');
  if (channels?.length !== 3 || !channels.every((n) => Number.isInteger(n) && n >= 1))
    throw new RequestError(
      `config.json: channels should be three whole numbers, of the image and of two convolutions, not ${JSON.stringify(channels)}`,
    );
  const [image, first, second] = channels as [number, number, number];
  return {
    type: 'convNet',
    convolutions: [
      { name: 'conv1', channels: [image, first], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
      { name: 'conv2', channels: [first, second], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
    ],
    labels: read.integer('num_labels'),
    tied: false,
    names: { head: 'classifier', stored: { bodyPrefix: '', olderEnds: [], ignored: [] } },
  };
}
