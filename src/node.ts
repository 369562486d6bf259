/** What the library needs of Node.js, for programs that use it there: files, and ONNX Runtime on the CPU. */
export { nodeFiles } from "./runtime/files.js";
export { openOnnxCpu } from "./runtime/onnx.js";
