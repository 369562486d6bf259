import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.js";
import { openOnnxCpu } from "../../src/runtime/onnx/cpu.js";
import { HostAdam, type LateUpdate } from "../../src/tensor/adam-host.js";
import {
  adam,
  adamFeeds,
  adamInputs,
  adamScalars,
  conv2d,
  input,
  interpret,
  optimise,
  reduceMean,
  type StepGraph,
  square,
  sub,
  Training,
} from "../../src/tensor/index.js";

const scalars = adamInputs("adam");
const decay = input("decay", [1]);

describe("Adam on the host", () => {
  // sizes that fill no vector, one vector and a bit, and several
  test.each([1, 5, 16, 103])("%i numbers, five steps: those of the formulas in float64", (n) => {
    const gradient = input("g", [n]);
    const settings = { beta1: 0.5, beta2: 0.999 };
    const update = (name: string): LateUpdate => ({ parameter: name, gradient, scalars, ...settings });
    const host = new HostAdam([
      { ...update("a"), average: { name: "average:a", decay } },
      update("b"), // behind it in memory: numbers that pad "a" must not reach it
    ]);
    const random = Random.of(1, "host adam", n);
    const draw = (): Float32Array => random.fillNormal(new Float32Array(n));
    const states = Object.fromEntries(
      ["a", "b"].map((name) => {
        const start = draw();
        host.state[name]!.data.set(start);
        return [name, { p: Float64Array.from(start), m: new Float64Array(n), v: new Float64Array(n) }];
      }),
    );
    let average = draw();
    host.state["average:a"]!.data.set(average);
    for (let t = 1; t <= 5; t++) {
      const kept = 0.1 * t;
      for (const [name, state] of Object.entries(states)) {
        const g = draw();
        host.gradients[`gradient:${name}`]!.data.set(g);
        const [parameter, firstMoment, secondMoment] = [input("p", [n]), input("m", [n]), input("v", [n])];
        const { stepSize, stepEpsilon } = adamScalars(0.01, t, settings);
        const after = adam({ parameter, firstMoment, secondMoment }, gradient, scalars, settings);
        const next = interpret(
          { p: after.parameter, m: after.firstMoment, v: after.secondMoment },
          { ...state, g, "adam:stepSize": [stepSize], "adam:stepEpsilon": [stepEpsilon] },
        );
        Object.assign(state, next);
      }
      average = average.map((old, i) => old * kept + states["a"]!.p[i]! * (1 - kept));
      const fed = { dtype: "float32", dims: [1], data: Float32Array.of(kept) } as const;
      host.step({ ...adamFeeds("adam", 0.01, t, settings), decay: fed });
    }
    const tolerance = { relative: 2e-6, absolute: 2e-6 };
    for (const [name, { p, m, v }] of Object.entries(states)) {
      expect(host.state[name]!.data).toBeAllclose(p, tolerance);
      expect(host.state[`m:${name}`]!.data).toBeAllclose(m, tolerance);
      expect(host.state[`v:${name}`]!.data).toBeAllclose(v, tolerance);
    }
    expect(host.state["average:a"]!.data).toBeAllclose(average, tolerance);
  });

  test("holds what four gigabytes hold, and no more", () => {
    const update = (n: number): LateUpdate => ({
      ...{ parameter: "p", gradient: input("g", [n]), scalars, beta1: 0.9, beta2: 0.999 },
    });
    expect(HostAdam.fits([update(2 ** 27), update(2 ** 27 - 2 ** 16)])).toBe(true);
    expect(HostAdam.fits([update(2 ** 27), update(2 ** 27)])).toBe(false);
  });

  test("a training with it takes the steps of one without", async () => {
    const w = input("w", [2, 3, 3, 3]);
    const y = conv2d(input("x", [1, 3, 8, 8]), w);
    const loss = reduceMean(square(sub(y, 1)));
    const learned = optimise(loss, { w }, scalars);
    const graph: StepGraph = { outputs: { loss }, state: learned.state };
    const runtime = await openOnnxCpu({ threads: 1 });
    const start = new Map(["w", "m:w", "v:w"].map((name) => [name, new Float32Array(54)]));
    Random.of(2, "w").fillNormal(start.get("w")!);
    const inGraph = await Training.open(runtime, graph, start);
    const onHost = await Training.open(runtime, { ...graph, late: learned.updates }, start);
    for (let step = 1; step <= 4; step++) {
      const x = Random.of(3, "x", step).fillNormal(new Float32Array(192));
      const feeds = {
        ...adamFeeds("adam", 0.01, step),
        x: { dtype: "float32", dims: [1, 3, 8, 8], data: x } as const,
      };
      const [expected, found] = [await inGraph.run(feeds), await onHost.run(feeds)];
      expect(found["loss"]!.data).toBeAllclose(expected["loss"]!.data, { relative: 1e-6 });
    }
    const [expected, found] = [await inGraph.save(), await onHost.save()];
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, values] of expected) {
      expect(found.get(name)).toBeAllclose(values, { relative: 1e-5, absolute: 1e-6 });
    }
    // back to the start: the host's memory is written, too
    onHost.load(start);
    expect((await onHost.save(["w"])).get("w")).toEqual(start.get("w"));
    await Promise.all([inGraph.close(), onHost.close()]);
  });
});
