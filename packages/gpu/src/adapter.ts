/**
 * @file The WebGPU device: the browser's, or in Node Dawn's, through the optional package `webgpu`.
 */
import { BackendError } from "@spm/core/extend";

/** A kind of adapter. */
export type AdapterKind = "hardware" | "software";

/** A device and its adapter. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly label: string;
  readonly kind: AdapterKind;
  /** Destroys the device. */
  close(): void;
}

const { process } = globalThis as { process?: { versions?: { node?: string } } };
const inNode = process?.versions?.node !== undefined;

const advice = inNode
  ? 'in Node install the package "webgpu" and a Vulkan driver; ' +
    'without a GPU use gpu({ mode: "webasm" }) or the reference backend'
  : "open the page from https or localhost in a browser with WebGPU, " +
    'hardware acceleration on; otherwise use gpu({ mode: "webgl2" }) or @spm/wasm';

/**
 * Opens a device on an adapter of the wanted kind, with the adapter's own limits for buffers and
 * workgroups.
 * @throws BackendError when there is no WebGPU or no such adapter
 */
export async function openDevice(wanted: AdapterKind | "any"): Promise<OpenDevice> {
  const webgpu = await findWebGpu();
  const adapter = await webgpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new BackendError("gpu", "a WebGPU adapter", "none", advice);
  const kind = isSoftware(adapter) ? "software" : "hardware";
  const label = describe(adapter);
  if (wanted !== "any" && kind !== wanted)
    throw new BackendError(
      "gpu",
      `a ${wanted} adapter`,
      `${label} (${kind})`,
      wanted === "hardware"
        ? `${advice}; gpu({ mode: "webgpu", adapter: "software" }) takes this one`
        : undefined,
    );
  const names = [
    "maxStorageBufferBindingSize",
    "maxBufferSize",
    "maxComputeWorkgroupStorageSize",
    "maxComputeInvocationsPerWorkgroup",
    "maxComputeWorkgroupSizeX",
    "maxStorageBuffersPerShaderStage",
  ] as const;
  const requiredLimits = Object.fromEntries(names.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  return { device, label, kind, close: () => device.destroy() };
}

/**
 * The Dawn instance of the process, as a page has one `navigator.gpu`. It is kept: an instance that
 * is collected before its last object crashes the process.
 */
let dawnInstance: GPU | null = null;

async function findWebGpu(): Promise<GPU> {
  const { navigator: browser } = globalThis as { navigator?: { gpu?: GPU } };
  if (browser?.gpu !== undefined) return browser.gpu;
  if (!inNode) throw new BackendError("gpu", "a browser with WebGPU", "none", advice);
  const name: string = "webgpu"; // a variable, so that bundlers for browsers leave it alone
  const dawn: { create(options: string[]): GPU } | null = await import(
    /* @vite-ignore */ /* webpackIgnore: true */ name
  ).catch(() => null);
  if (dawn === null)
    throw new BackendError("gpu", 'the package "webgpu"', "no such package", advice);
  dawnInstance ??= dawn.create([]);
  return dawnInstance;
}

function isSoftware({ info }: GPUAdapter): boolean {
  return (
    info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(words(info))
  );
}

const words = (info: GPUAdapterInfo): string =>
  `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;

const describe = ({ info }: GPUAdapter): string =>
  info.description ||
  info.device ||
  info.architecture ||
  info.vendor ||
  "an adapter without a name";
