/** A convolutional network's places put together: y = W mean(relu(conv(… relu(conv(x))))) + b. */
import type { Tensor } from '@tensorflow/tfjs';
import { activate } from '../blocks/activate.ts';
import { activations } from '../blocks/activations/index.ts';
import { chain } from '../blocks/chain.ts';
import { conv2d } from '../blocks/conv2d.ts';
import { trainedHead } from '../blocks/head.ts';
import { meanPixels } from '../blocks/meanPixels.ts';
import { pixels } from '../blocks/pixels.ts';
import { recomputed } from '../blocks/recomputed.ts';
import type { ConvNetArchitecture } from './architecture.ts';
import type { Network, NetworkOptions } from './network.ts';
import type { Places } from './places.ts';

export function convNet(
  { convolutions, labels, names }: ConvNetArchitecture,
  places: Places,
  { recompute }: NetworkOptions,
): Network {
  const body = chain([
    ...convolutions.flatMap(({ name, channels, kernel, stride, padding }) => {
      const blocks = [
        conv2d(places.conv2d(name, channels, kernel), { kernel, stride, padding }),
        activate(activations.relu),
      ];
      return recompute ? [recomputed(chain<Tensor, Tensor>(blocks))] : blocks;
    }),
    meanPixels(),
  ]);
  const width = convolutions.at(-1)!.channels[1];
  return {
    input: pixels() as unknown as Network['input'],
    body: body as Network['body'],
    head: trainedHead(places.linear(names.head, [width, labels], { bias: true, isHead: true })),
  };
}
