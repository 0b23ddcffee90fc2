/**
 * The five slots of a method: how the base is held (storage), how a site's change is parametrised (update), factors on its input
 * or output (rescale), learning rate and decay by role (groups), and what acts on the whole run (control).
 */
import type { Tensor, Tensor1D, Tensor2D, TensorContainer } from '@tensorflow/tfjs';
import type { Arena, Parameter, Role } from '../tensor/arena.ts';
import type { Frozen, KernelOrder } from '../tensor/frozen.ts';
import type { Stream } from '../tensor/random.ts';
import type { SiteInput } from '../tensor/siteInput.ts';
import type { Saved, Step } from '../tensor/step.ts';
import type { ControlRule } from './control/control.ts';
import type { Described } from './json.ts';
import type { TargetNames } from './targets.ts';

export type SiteKind = 'linear' | 'conv2d' | 'embedding' | 'vector';

/** A place where the network can be changed. */
export interface Site {
  /** As the checkpoint names it: model.layers.0.self_attn.q_proj; a part of a fused projection adds :query. */
  readonly name: string;
  readonly kind: SiteKind;
  /** [in, out]; an embedding is [vocabulary, width], a vector [1, n]; a convolution's in are the numbers of a patch. */
  readonly shape: readonly [number, number];
  /** Lends the frozen matrix [in, out] at full precision for the time of the call. */
  use<T extends TensorContainer>(f: (kernel: Tensor2D) => T): T;
  /** x · W, where the storage gives that without lending W: [rows, in] -> [rows, out]. */
  readonly times?: (x: Tensor2D) => Tensor2D;
  /** dy · Wᵀ, likewise: [rows, out] -> [rows, in]. */
  readonly back?: (dy: Tensor2D) => Tensor2D;
}

/** What is known of a site before there are weights. */
export type Place = Pick<Site, 'name' | 'kind' | 'shape'>;

/** Shapes of tensors by role or name, per lane. */
export interface Shapes {
  readonly [name: string]: readonly number[];
}

/** What a part would hold at a place. It follows from the place alone, so that it can be counted without weights. */
export interface Outline {
  /** By role, in the order of the arena. */
  readonly trained: Shapes;
  /** Tensors that train and that all places share: equal roles and shapes are one tensor. */
  readonly sharedTrained: Shapes;
  /** Tensors that do not train and that every lane has of its own at this place. */
  readonly frozen: Shapes;
  /** Tensors that do not train and that all places and lanes share: equal names and shapes are one tensor. */
  readonly shared: Shapes;
  /** Numbers that forward keeps for backward, per row of the input. */
  readonly savedPerRow: number;
  /** What trains takes the place of the frozen tensor, and so adds no number to the network. */
  readonly replaces: boolean;
  /** Numbers worth recording: rank, alpha, scale. */
  readonly derived: { readonly [name: string]: number };
}

/** What a part may draw on when it is put on a site. */
export interface SiteContext {
  readonly arena: Arena;
  /** The lane's own stream for this site and purpose. */
  random(lane: number, purpose: string): Stream;
}

export type * from './control/control.ts';
export type { KernelOrder };

/** How the frozen base is held. Asked of the base, once: all its linear maps but the head are held so, adapted or not. */
export interface Storage extends Described {
  /**
   * A kernel as the checkpoint stores it, row-major: [out, in] for a linear map ('outIn'), [in, out] for GPT-2's Conv1D ('inOut').
   * Blocks and rows of codes run along [out, in] in both cases, as transformers hands kernels to bitsandbytes. Users of the result
   * see [in, out]. The array is filled anew after the call.
   */
  pack(values: Float32Array, stored: readonly [number, number], order: KernelOrder): Frozen;
  /** Bytes that a kernel [in, out] takes when packed. */
  bytes(shape: readonly [inputs: number, outputs: number]): number;
}

/** A frozen change of the kernel that counts as the base's: it sees the input without dropout. */
export interface Residual {
  /** [rows, out] */
  times(x: SiteInput): Tensor2D;
  /** The gradient of x; null where the input has none. */
  back(dy: Tensor2D, x: SiteInput): Tensor2D | null;
  /** The change of one lane [in, out], the caller's. */
  matrix(lane: number): Tensor2D;
}

/** A tensor in the place of a frozen one: what it is now, in the form of a parameter, and where its gradient goes. */
export type Whole = Pick<Parameter, 'size' | 'lanes' | 'value' | 'accumulate'>;

/** A change of a site's output that depends on its input alone:   y = xW + Δ(x). */
export interface Update {
  /** The whole new kernel, where the change is one: the frozen product is not computed then, and forward gives y itself. */
  readonly replaces: Whole | false;
  readonly parameters: readonly Parameter[];
  /** Of its outline. */
  readonly derived: Outline['derived'];
  /** What a start took away from W; null where the base's kernel is left as it is. Not part of forward and backward. */
  readonly residual: Residual | null;
  /** [rows, out], or what broadcasts to it. */
  forward(x: SiteInput): Step<Tensor2D>;
  /** Leaves gradients at the parameters; the gradient of x where it is wanted, in a form that broadcasts. Borrows `saved`. */
  backward(dy: Tensor2D, x: SiteInput, saved: Saved, wantsInput: boolean): Tensor2D | null;
  /** ΔW of one lane [in, out], residual included, the caller's. */
  delta(lane: number): Tensor2D;
  /** What forward adds to every row whatever its input, of one lane [out], the caller's; null where nothing is. */
  readonly shift: ((lane: number) => Tensor1D) | null;
  /** ‖W + ΔW‖ per output, [out] or [lanes, 1, out], the caller's. */
  columnNorms(): Tensor;
  /** Leaves at the parameters what their gradients get through those norms n:   dΔW = (W + ΔW) ∘ dn/n.   Borrows both. */
  columnNormsBack(dNorms: Tensor, norms: Tensor): void;
}

export interface Starts {
  /** The adapted network equals the base before any step. */
  readonly equalToBase: boolean;
  /** Roles whose parameters may have a gradient of exactly zero for ever. */
  readonly mayStayStill: readonly Role[];
}

export interface UpdateRule extends Described {
  readonly sites: readonly SiteKind[];
  /** Where it goes when nobody says; null where that is the family's to say. */
  readonly targets: TargetNames | null;
  readonly starts: Starts;
  outline(place: Place): Outline;
  /** Its trained parameters are those of the outline; what sites share is the first one's. */
  create(site: Site, context: SiteContext): Update;
}

/** Factors on a site's input, x ∘ f, or on its output, (xW + Δ(x)) ∘ f. */
export interface Rescale {
  readonly side: 'input' | 'output' | 'neither';
  /** Whether factors on the output take in the bias, (xW + Δ(x) + b) ∘ f, or it is added after them. */
  readonly withBias: boolean;
  readonly parameters: readonly Parameter[];
  forward(x: Tensor2D): Step<Tensor2D>;
  /** Leaves gradients at the parameters. Borrows `saved`. */
  backward(dy: Tensor2D, saved: Saved): Tensor2D;
  /** The factors of one lane, [n]; the caller's. Only asked where there is a side. */
  factors(lane: number): Tensor;
}

export interface RescaleRule extends Described {
  readonly sites: readonly SiteKind[];
  outline(place: Place): Outline;
  /** Its trained parameters are those of the outline. */
  create(site: Site, update: Update, context: SiteContext): Rescale;
}

/** What the optimizer is told about a parameter: multipliers of the run's learning rate and weight decay. */
export interface Group {
  readonly rate: number;
  readonly decay: number;
  /** A rate of its own instead of a multiple of the run's. */
  readonly fixedRate?: number;
}

export interface Groups extends Described {
  of(parameter: Parameter, kind: SiteKind): Group;
}

export interface Method {
  readonly storage: Storage;
  readonly update: UpdateRule;
  readonly rescale: RescaleRule;
  readonly groups: Groups;
  readonly control: ControlRule;
  /** Probability that a number of the adapter's input is dropped in training. */
  readonly dropout: number;
}

/** Some of the five choices; the others are the plain ones. */
export type Recipe = Partial<Method>;
