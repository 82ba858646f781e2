import { rng, tensor } from "@spm/core";
  import { butterfly } from "@spm/mixer";
  import { Linear } from "@spm/nn";
  import { sgd } from "@spm/optim";
  const linear = new Linear(1, 1, { random: rng(1) });
  console.log(tensor([1, 2]).add(1));
  for (const value of [butterfly(2), linear, sgd(linear.parameters())])
    console.log(String(value).split("\n").at(-1));