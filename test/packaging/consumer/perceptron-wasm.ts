/** @file A perceptron trained by Adam on wasm: a program whose bundle has a ceiling. */
import { setBackend } from "@spm/core";
import { wasm } from "@spm/wasm";
import { trained } from "./perceptron.js";

wasm({ threads: 1 })
  .then((backend) => {
    setBackend(backend);
    return trained();
  })
  .then(console.log);
