import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { conv2d, input, interpret, reduceMean, square, sub } from "../../src/tensor/index.js";
import { adam, adamFeeds, adamInputs, adamScalars, limitScalars } from "../../src/train/adam.js";
import { floatTensor } from "../../src/train/feeds.js";
import { HostAdam } from "../../src/train/machine/adam-host.js";
import { Training } from "../../src/train/machine/training.js";
import { optimise, type Update } from "../../src/train/update.js";
import { fakeDevice } from "../helpers/machine/fake-device.js";

const scalars = adamInputs("adam");
const decay = input("decay", [1]);

describe("Adam on the host", () => {
  // sizes that fill no vector, one vector and a bit, and several
  test.each([
    [1, 0],
    [5, 0],
    [16, 0],
    [103, 0],
    [5, 1.5],
    [103, 1.5],
  ])("%i numbers, limit %f, five steps: those of the formulas in float64", (n, gradientLimit) => {
    const gradient = input("g", [n]);
    const settings = { beta1: 0.5, beta2: 0.999, gradientLimit };
    const scalars = adamInputs("adam", settings);
    const update = (name: string): Update => ({
      ...{ parameter: name, value: input(name, [n]), gradient, scalars, ...settings },
    });
    const host = new HostAdam([
      { ...update("a"), decay },
      update("b"), // behind it in memory: numbers that pad "a" must not reach it
    ]);
    const random = Random.of(1, "host adam", n);
    const draw = (): Float32Array => random.fillNormal(new Float32Array(n));
    const states = Object.fromEntries(
      ["a", "b"].map((name) => {
        const start = draw();
        host.tensors[name]!.data.set(start);
        return [name, { p: Float64Array.from(start), m: new Float64Array(n), v: new Float64Array(n) }];
      }),
    );
    let average = draw();
    host.tensors["average:a"]!.data.set(average);
    for (let t = 1; t <= 5; t++) {
      const kept = 0.1 * t;
      for (const [name, state] of Object.entries(states)) {
        const g = draw().map((value) => value * 2 ** t);
        host.tensors[`gradient:${name}`]!.data.set(g);
        const [parameter, firstMoment, secondMoment] = [input("p", [n]), input("m", [n]), input("v", [n])];
        const { stepSize, stepEpsilon } = adamScalars(0.01, t, settings);
        const { limitRatio, limitFree } = limitScalars(gradientLimit, t, settings);
        const after = adam({ parameter, firstMoment, secondMoment }, gradient, scalars, settings);
        const next = interpret(
          { p: after.parameter, m: after.firstMoment, v: after.secondMoment },
          {
            ...{ ...state, g, "adam:stepSize": [stepSize], "adam:stepEpsilon": [stepEpsilon] },
            ...(scalars.limit && { "adam:limitRatio": [limitRatio], "adam:limitFree": [limitFree] }),
          },
        );
        Object.assign(state, next);
      }
      average = average.map((old, i) => old * kept + states["a"]!.p[i]! * (1 - kept));
      const fed = { dtype: "float32", dims: [1], data: Float32Array.of(kept) } as const;
      host.run({ ...adamFeeds("adam", 0.01, t, settings), decay: fed });
    }
    const tolerance = { relative: 2e-6, absolute: 2e-6 };
    for (const [name, { p, m, v }] of Object.entries(states)) {
      expect(host.tensors[name]!.data).toBeAllclose(p, tolerance);
      expect(host.tensors[`m:${name}`]!.data).toBeAllclose(m, tolerance);
      expect(host.tensors[`v:${name}`]!.data).toBeAllclose(v, tolerance);
    }
    expect(host.tensors["average:a"]!.data).toBeAllclose(average, tolerance);
  });

  test("holds what four gigabytes hold, and no more", () => {
    const update = (n: number): Update => ({
      ...{ parameter: "p", value: input("p", [n]), gradient: input("g", [n]) },
      ...{ scalars, beta1: 0.9, beta2: 0.999 },
    });
    expect(HostAdam.fits([update(2 ** 27), update(2 ** 27 - 2 ** 16)])).toBe(true);
    expect(HostAdam.fits([update(2 ** 27), update(2 ** 27)])).toBe(false);
  });

  test.each([0, 0.5])(
    "a training with it takes the steps of one without, limit %f",
    async (gradientLimit) => {
      const settings = { gradientLimit };
      const scalars = adamInputs("adam", settings);
      const w = input("w", [2, 3, 3, 3]);
      const y = conv2d(input("x", [1, 3, 8, 8]), w);
      const loss = reduceMean(square(sub(y, 1)));
      const phases = [{ outputs: { loss }, updates: optimise(loss, { w }, scalars, settings) }];
      const runtime = await openOnnxCpu({ threads: 1 });
      const start = new Map(["w", "m:w", "v:w"].map((name) => [name, new Float32Array(54)]));
      Random.of(2, "w").fillNormal(start.get("w")!);
      // a device's tensors are out of the host's reach: its updates are operations of the graph
      const inGraph = await Training.open(fakeDevice(runtime).runtime, phases, start);
      const onHost = await Training.open(runtime, phases, start);
      for (let step = 1; step <= 4; step++) {
        const x = Random.of(3, "x", step).fillNormal(new Float32Array(192));
        const shared = adamFeeds("adam", 0.01, step, settings);
        const feeds = { examples: [{ x: floatTensor(x, [1, 3, 8, 8]) }], shared };
        const [expected, found] = [await inGraph.run(feeds), await onHost.run(feeds)];
        expect([found["loss"]!]).toBeAllclose([expected["loss"]!], { relative: 1e-6 });
      }
      const [expected, found] = [await inGraph.save(), await onHost.save()];
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [name, values] of expected) {
        expect(found.get(name)).toBeAllclose(values, { relative: 1e-5, absolute: 1e-6 });
      }
      await Promise.all([inGraph.close(), onHost.close()]);
    },
  );
});
