/** What the library needs of Node.js, for programs that use it there: files, and ONNX Runtime on the CPU or a GPU. */

export { nodeFiles } from "./runtime/files.js";
export { openOnnxCpu } from "./runtime/onnx/cpu.js";
export { type Device, openDevice } from "./runtime/onnx/device.js";
