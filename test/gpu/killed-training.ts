/**
 * @file A process that trains on a software GPU and dies at a step: `killed-training.ts FOLDER
 * STEP`. Before that it writes how many captured steps the device has.
 */
import { writeSync } from "node:fs";
import { setBackend } from "@spm/core";
import { gpu } from "@spm/gpu";
import "./software-driver.ts";
import { train } from "./checkpointed-training.ts";

const [folder = "", last = ""] = process.argv.slice(2);
const device = await gpu({ mode: "webgpu", adapter: "software" });
setBackend(device);
await train(folder, [
  {
    observes: true,
    onStep({ step }) {
      if (step < Number(last)) return;
      writeSync(1, `${device.report().captured.steps}`);
      process.kill(process.pid, "SIGKILL");
    },
  },
]);
