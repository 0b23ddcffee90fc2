/**
 * Everything that the native engine is built from, by version and hash. TensorFlow.js's own sources and Node's C headers come from
 * npm; TensorFlow and CUDA come from their Python wheels, which need no Python to run.
 *
 * To take another TensorFlow, change the versions and let `pip download` or `npm view NAME@VERSION dist.integrity` say the hashes.
 * 2.18.1 is the newest that logs nothing at TF_CPP_MIN_LOG_LEVEL=3; its CUDA wheels are those that its METADATA names.
 */
export interface NpmPin {
  name: string;
  version: string;
  /** As in npm's lock file: sha512, base64. */
  integrity: string;
}

export interface WheelPin {
  name: string;
  version: string;
  /** Hexadecimal, of the manylinux x86-64 wheel (for Python 3.11 where that matters). */
  sha256: string;
}

/** Which TensorFlow is built: for the CPU, or for CUDA 12 (which also runs without a GPU). */
export type NativeKind = 'cpu' | 'gpu';

/** Where one set of wheels comes from and what it takes. */
export interface WheelSet {
  wheels: readonly WheelPin[];
  downloadBytes: number;
  /** Free space wanted while building: downloads, pip's copy of one, and what is unpacked. */
  neededBytes: number;
}

export const tensorflowVersion = '2.18.1';

const nodeAddon: NpmPin = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
};
const nodeHeaders: NpmPin = {
  name: 'node-api-headers',
  version: '1.9.0',
  integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
};
const protobuf: NpmPin = {
  name: 'google-protobuf',
  version: '3.21.4',
  integrity: 'sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
};
const progress: NpmPin = {
  name: 'progress',
  version: '2.0.3',
  integrity: 'sha512-7PiHtLll5LdnKIMw100I+8xJXR5gW2QwWYkT6iJva0bXitZKa/XMrSbdmg3r2Xnaidz9Qumd0VPaMrZlF9V9sA==',
};

/** What the addon's JavaScript needs when it runs; the headers only when it is compiled. */
export const npmPins: { addon: NpmPin; headers: NpmPin; runtime: readonly NpmPin[] } = {
  addon: nodeAddon,
  headers: nodeHeaders,
  runtime: [protobuf, progress],
};

const wheel = (name: string, version: string, sha256: string): WheelPin => ({ name, version, sha256 });
const nvidia = (name: string, version: string, sha256: string): WheelPin =>
  wheel(`nvidia-${name}-cu12`, version, sha256);

export const wheelPins: Record<NativeKind, WheelSet> = {
  cpu: {
    wheels: [
      wheel('tensorflow-cpu', tensorflowVersion, '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298'),
    ],
    downloadBytes: 230e6,
    neededBytes: 1.4e9,
  },
  gpu: {
    wheels: [
      wheel('tensorflow', tensorflowVersion, 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828'),
      nvidia('cublas', '12.5.3.2', 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b'),
      nvidia('cuda-cupti', '12.5.82', 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953'),
      nvidia('cuda-nvcc', '12.5.82', 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0'),
      nvidia('cuda-nvrtc', '12.5.82', '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd'),
      nvidia('cuda-runtime', '12.5.82', '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115'),
      nvidia('cudnn', '9.3.0.75', '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d'),
      nvidia('cufft', '11.2.3.61', '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8'),
      nvidia('curand', '10.3.6.82', '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536'),
      nvidia('cusolver', '11.6.3.83', '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b'),
      nvidia('cusparse', '12.5.1.3', '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752'),
      nvidia('nccl', '2.21.5', '8579076d30a8c24988834445f8d633c697d42397e92ffc3f63fa26766d25e0a0'),
      nvidia('nvjitlink', '12.5.82', 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212'),
    ],
    downloadBytes: 2.4e9,
    neededBytes: 9e9,
  },
};

/** Lines for `pip --require-hashes`. */
export const requirements = (wheels: readonly WheelPin[]): string =>
  wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join('');
