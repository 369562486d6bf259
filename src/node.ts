/**
 * What the library needs of Node.js, for programs that use it there: files, threads, and ONNX Runtime on the CPU or a GPU.
 * `nodeContext` is all of it at once, as jobs want it.
 *
 * ```ts
 * import { planSimulation, simulateDataset } from "cryogem";
 * import { nodeContext } from "cryogem/node";
 *
 * const context = nodeContext();
 * await simulateDataset(planSimulation({ map: ["map.mrc"], out: "simulated" }), context);
 * await context.close();
 * ```
 */

export { nodeFiles } from "./runtime/files.js";
export { expandInputs, type InputKind } from "./runtime/inputs.js";
export { type NodeContext, type NodeContextOptions, nodeContext } from "./runtime/node-context.js";
export { DEVICES, type Device, type DeviceOptions, openDevice } from "./runtime/onnx/device.js";
export { threadWorkers } from "./runtime/workers/workers.js";
