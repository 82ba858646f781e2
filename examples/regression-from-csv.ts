/**
 * @file What a car does with a gallon, learnt from a CSV of one's own: columns of numbers and of
 * categories, missing values, a held-out part, and predictions in the units of the table.
 */
import { rng } from "@spm/core";
import { DataLoader, select, splitIndices } from "@spm/data";
import {
  csvRows,
  featureCount,
  fitEncoding,
  readOptionsFor,
  readTable,
  tableDataset,
  tableInputs,
} from "@spm/data/table";
import { Mlp } from "@spm/models";
import { adam, cosine } from "@spm/optim";
import { evaluate, fit, regression } from "@spm/trainer";

// a table of one's own: await openTable("cars.csv") of @spm/data/files reads one from a file
const random = rng(7);
const lines = Array.from({ length: 400 }, () => {
  const [weight, cylinders] = [1600 + random.integer(3500), [4, 6, 8][random.integer(3)] ?? 4];
  const origin = ["Europe", "Japan", "USA"][random.integer(3)];
  const consumption = 52 - weight / 130 - cylinders / 2 + (origin === "Japan" ? 3 : 0);
  const gallon = (consumption + random.normal()).toFixed(1);
  return `${random.integer(20) === 0 ? "NA" : weight},${cylinders},${origin},${gallon}`;
});
const csv = `weight,cylinders,origin,mpg\n${lines.join("\n")}\n`;

const table = await readTable(await csvRows(csv, { name: "cars.csv" }), { required: ["mpg"] });
const { train, test } = splitIndices(table.length, { seed: 1 });
const encoding = fitEncoding(table, { target: "mpg", rows: train });
const samples = tableDataset(table, encoding);

const model = new Mlp({
  sizes: [featureCount(encoding), 32, 32, 1],
  linear: "rotation",
  random: rng(1),
});
const data = new DataLoader(select(samples, train), { batchSize: 32, seed: 1 });
const held = new DataLoader(select(samples, test), { batchSize: 100 });
const epochs = 20;
const learningRate = cosine({ learningRate: 0.01, steps: epochs * data.batchesPerEpoch });
const optimizer = adam(model.parameters(), { learningRate });
await fit(model, data, { loss: regression, optimizer, epochs });
const means = await evaluate(model, held, regression);
const { loss, mae = 0 } = means ?? { loss: 1 };
const { std, mean } = encoding.target.kind === "number" ? encoding.target : { std: 1, mean: 0 };
console.log(`R² about ${(1 - loss).toFixed(2)}, off by ${(mae * std).toFixed(2)} miles on average`);

// JSON.stringify(encoding) is kept with the weights: another file is read and encoded by it
const rows = await csvRows("origin,weight,cylinders\nJapan,2000,4\nUSA,4500,8\n");
const asked = await readTable(rows, readOptionsFor(rows, encoding));
const { x } = tableInputs(asked, encoding).batch(Int32Array.of(0, 1));
const [japan = 0, usa = 0] = await model.forward(x).data();
console.log(
  `${(japan * std + mean).toFixed(1)} and ${(usa * std + mean).toFixed(1)} miles a gallon`,
);
