import { expect, test } from "vitest";
import { hasCudaLibrary } from "../../../src/runtime/onnx/cuda.js";
import { openDevice } from "../../../src/runtime/onnx/device.js";

// no driver, whatever this machine has: each test file has a process of its own
process.env["VK_DRIVER_FILES"] = "/nonexistent/icd.json";

test("a GPU that was asked for and is not there is refused, with what is needed", async () => {
  const refused = openDevice({ device: "webgpu" }, () => {});
  await expect(refused).rejects.toThrow(
    /^webgpu: found no GPU with a working driver \(.+\), expected one with Vulkan \(on Linux: libvulkan\.so\.1/,
  );
  await expect(refused).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
});

test.skipIf(hasCudaLibrary())(
  "CUDA without its library is refused, with how to get it (needs a machine without it)",
  async () => {
    const refused = openDevice({ device: "cuda" }, () => {});
    await expect(refused).rejects.toThrow(
      process.platform === "linux" && process.arch === "x64"
        ? /^cuda: found no libonnxruntime_providers_cuda\.so .*node \S+\/onnxruntime-node\/script\/install\.js --onnxruntime-node-install, or/
        : /^cuda: ONNX Runtime for Node has it for linux x64 only/,
    );
    await expect(refused).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
  },
);

test("auto takes the CPU where there is no GPU, and says why", async () => {
  const notes: string[] = [];
  const runtime = await openDevice({ device: "auto", threads: 1 }, (line) => notes.push(line));
  expect(runtime.device).toBe("cpu");
  expect(notes).toEqual([
    expect.stringMatching(/^device: ONNX Runtime on the CPU, 1 thread \(webgpu: found no GPU with a working/),
  ]);
});

test("the CPU is the default, and needs no word", async () => {
  const notes: string[] = [];
  expect((await openDevice({}, (line) => notes.push(line))).device).toBe("cpu");
  expect(notes).toEqual([]);
});
