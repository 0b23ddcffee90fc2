/** Where a site stands in a network of layers: `model.layers.3.self_attn.q_proj` is q_proj of self_attn in layer 3. */
export interface LayerPlace {
  layer: number;
  module: string;
}

/** The first part of the name that is a number is the layer, what follows the module. Null for a site outside of all layers. */
export function layerPlace(site: string): LayerPlace | null {
  const parts = site.split('.');
  const at = parts.findIndex((part) => /^\d+$/.test(part));
  return at < 0 || at === parts.length - 1 ? null : { layer: Number(parts[at]), module: parts.slice(at + 1).join('.') };
}
