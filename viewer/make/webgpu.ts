/** ONNX Runtime's build with WebGPU: a script of its own, loaded where the browser has a graphics card. */
export { env, InferenceSession, Tensor } from "onnxruntime-web/webgpu";
