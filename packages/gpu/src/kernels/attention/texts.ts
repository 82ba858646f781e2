/**
 * @file Attention's three kernels in WGSL. Scores live in registers and, a tile at a time, in
 * shared memory; the softmax is taken online (Milakov and Gimelshein 2018; Dao et al. 2022).
 */
import { orNaN } from "../row-kernels.ts";
import { bindings, joined, upTo } from "../wgsl.ts";
import {
  across,
  addProducts,
  combineRows,
  declareResult,
  loadTile,
  type MatrixRows,
  multiply,
  pitchOf,
  rowsEach,
  type TileSizes,
  writeResult,
  writeWeights,
} from "./tiles.ts";

/** One call, whose operands are rows of matrices. */
export interface AttentionCall {
  readonly q: MatrixRows;
  readonly k: MatrixRows;
  readonly v: MatrixRows;
  /** [..., T, S], 0 where a token doesn't attend. */
  readonly seen: MatrixRows | null;
  readonly causal: boolean;
  readonly scale: number;
}

/** Less than every score: that of a source which is not seen, and the largest of none. */
const lowest = "-0x1.fffffep+127f";
/** The logarithm of a sum of nothing, as far as e^(score − it) goes. */
const never = "0x1.fffffep+127f";

/** Numbers of rows, and of the columns of a tile, of a thread. */
const rows = upTo(rowsEach);
const columnsOf = ({ columns }: TileSizes): number[] => upTo(columns / across);

/** Whether a token attends to a source, an expression. */
function visible({ q, k, seen, causal }: AttentionCall, token: string, source: string): string {
  const all = [`${token} < ${q.count}u`, `${source} < ${k.count}u`];
  if (causal) all.push(`${source} + ${q.count}u <= ${token} + ${k.count}u`);
  if (seen !== null) {
    const { row, column } = seen.stride;
    const at = `${seen.start} + ${token} * ${row >>> 0}u + ${source} * ${column >>> 0}u`;
    all.push(`seen[${at}] != 0.0`);
  }
  return all.join(" && ");
}

/** The text around a kernel whose workgroups have tiles of rows; `body` is run for each matrix. */
function kernel(
  { rows, columns }: TileSizes,
  reads: readonly string[],
  results: readonly string[],
  tiles: Readonly<Record<string, number>>,
  body: string,
): string {
  const floats = (names: readonly string[]): string[] => names.map((name) => `${name}: array<f32>`);
  const shared = { weights: rows * pitchOf(columns), folded: rows * pitchOf(across), ...tiles };
  const threads = (rows / rowsEach) * across;
  return (
    bindings(floats(reads), floats(results), 2) +
    Object.entries(shared)
      .map(([name, vectors]) => `var<workgroup> ${name}: array<vec4f, ${vectors}>;\n`)
      .join("") +
    `const threads = ${threads}u;\n@compute @workgroup_size(threads) ` +
    "fn main(@builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) all: vec3u, " +
    "@builtin(local_invocation_index) t: u32) {\n" +
    `let tx = t % ${across}u; let ty = t / ${across}u; let first = w.x * ${rows}u; ` +
    `let matrices = ${joined};\n` +
    `for (var matrix = w.y; matrix < matrices; matrix += all.y) {\nworkgroupBarrier();\n` +
    `${body}\n}\n}`
  );
}

/** The name of the mask among the arrays that are read. */
const maskOf = ({ seen }: AttentionCall): string[] => (seen === null ? [] : ["seen"]);

/** A loop over the tiles of sources that a tile of tokens attends to. */
function overSources({ q, k, causal }: AttentionCall, tile: TileSizes, body: string): string {
  const reach = `first + ${tile.rows + k.count}u`;
  const end = causal
    ? `min(${k.count}u, select(0u, ${reach} - ${q.count}u, ${reach} > ${q.count}u))`
    : `${k.count}u`;
  return `let end = ${end};\nfor (var at = 0u; at < end; at += ${tile.columns}u) {\n${body}\n}`;
}

/** A loop over the tiles of tokens that attend to a tile of sources. */
function overTokens({ q, k, causal }: AttentionCall, tile: TileSizes, body: string): string {
  const from = `first + ${q.count}u`;
  const begin = causal ? `select(0u, ${from} - ${k.count}u, ${from} > ${k.count}u)` : "0u";
  return `for (var at = ${begin}; at < ${q.count}u; at += ${tile.columns}u) {\n${body}\n}`;
}

const barrier = "workgroupBarrier();";
const token = (r: number): string => `(first + ty * 4u + ${r}u)`;
const column = (c: number): string => `(at + tx + ${across * c}u)`;

/** y, and of each token ln Σ e^score. */
export function forwardText(call: AttentionCall, tile: TileSizes, y: MatrixRows): string {
  const { q, k, v, scale } = call;
  const cs = columnsOf(tile);
  const held = upTo(Math.ceil(v.width / 4 / across) || 1);
  const scores = rows.flatMap((r) =>
    cs.map(
      (c) =>
        `s${r}_${c} = select(${lowest}, s${r}_${c} * ${scale}f, ` +
        `${visible(call, token(r), column(c))});`,
    ),
  );
  const tops = combineRows(
    (r) => cs.slice(1).reduce((max, c) => `max(${max}, s${r}_${c})`, `s${r}_0`),
    (a, b) => `max(${a}, ${b})`,
  );
  const weigh = rows.map((r) => {
    const weights = cs.map((c) => {
      const s = `s${r}_${c}`;
      return (
        `{ let d = ${s} - top${r}; ${s} = select(${orNaN("exp", "d")}, 0.0, ${s} == ${lowest}); ` +
        `sum${r} += ${s}; }`
      );
    });
    return (
      `{ let next = max(top${r}, all${r}); let kept = exp(top${r} - next); top${r} = next; ` +
      `sum${r} *= kept; ${held.map((h) => `y${r}_${h} *= kept;`).join(" ")} } ${weights.join(" ")}`
    );
  });
  const step = [
    `${barrier}\n${loadTile("columns", k, "at", tile.columns)}\n${barrier}`,
    multiply("s", "own", "columns", q.width, cs.length),
    ...scores,
    `{\n${tops}\n${weigh.join("\n")}\n}`,
    writeWeights("s", tile.columns),
    `${barrier}\n${loadTile("columns", v, "at", tile.columns)}\n${barrier}`,
    addProducts("y", "columns", v.width, tile.columns),
  ];
  const logs = rows.map(
    (r) =>
      `if (tx == 0u && ${token(r)} < ${q.count}u) { logs[matrix * ${q.count}u + ${token(r)}] = ` +
      `select(${never}, top${r} + log(all${r}), all${r} != 0.0); }`,
  );
  const body = [
    loadTile("own", q, "first", tile.rows),
    declareResult("y", v.width),
    ...rows.map((r) => `var top${r} = ${lowest}; var sum${r} = 0.0;`),
    overSources(call, tile, step.join("\n")),
    combineRows(
      (r) => `sum${r}`,
      (a, b) => `(${a} + ${b})`,
    ),
    writeResult("y", y, "first", (value, r) => `select(0.0, ${value} / all${r}, all${r} != 0.0)`),
    ...logs,
  ];
  const tiles = {
    own: tile.rows * pitchOf(q.width),
    columns: tile.columns * pitchOf(Math.max(q.width, v.width)),
  };
  return kernel(tile, ["q", "k", "v", ...maskOf(call)], ["y", "logs"], tiles, body.join("\n"));
}

/**
 * Statements that set `g` to the cotangents of the scores before the scale, and `s` to the weights:
 * p ⊙ (ȳ vᵀ − ⟨p, ȳ vᵀ⟩), where a token's logarithm and inner product are `log` and `inner`.
 */
function slopes(
  call: AttentionCall,
  tile: TileSizes,
  of: (
    r: number,
    c: number,
  ) => { readonly token: string; readonly source: string; readonly suffix: number },
): string {
  return rows
    .flatMap((r) =>
      columnsOf(tile).map((c) => {
        const { token, source, suffix } = of(r, c);
        const s = `s${r}_${c}`;
        return (
          `{ let d = ${s} * ${call.scale}f - log${suffix}; ` +
          `${s} = select(0.0, ${orNaN("exp", "d")}, ${visible(call, token, source)}); ` +
          `g${r}_${c} = ${s} * (g${r}_${c} - inner${suffix}) * ${call.scale}f; }`
        );
      }),
    )
    .join("\n");
}

/** q̄, and of each token ⟨y, ȳ⟩ = ⟨p, ȳ vᵀ⟩. */
export function queriesText(
  call: AttentionCall,
  tile: TileSizes,
  { ct, y, bar }: { readonly ct: MatrixRows; readonly y: MatrixRows; readonly bar: MatrixRows },
): string {
  const { q, k, v } = call;
  const at = (x: MatrixRows): string => `${x.name}[${x.name}At + i * ${x.stride.column >>> 0}u]`;
  const inners = rows.map((r) => {
    const starts = [ct, y].map(
      (x) => `let ${x.name}At = ${x.start} + ${token(r)} * ${x.stride.row >>> 0}u;`,
    );
    return (
      `var part${r} = 0.0; var log${r} = ${never}; if (${token(r)} < ${q.count}u) { ` +
      `log${r} = logs[matrix * ${q.count}u + ${token(r)}]; ${starts.join(" ")} ` +
      `for (var i = tx; i < ${v.width}u; i += ${across}u) { part${r} += ${at(ct)} * ${at(y)}; } }`
    );
  });
  const keep = rows.map(
    (r) =>
      `let inner${r} = all${r}; if (tx == 0u && ${token(r)} < ${q.count}u) { ` +
      `inners[matrix * ${q.count}u + ${token(r)}] = all${r}; }`,
  );
  const step = [
    `${barrier}\n${loadTile("columns", v, "at", tile.columns)}\n${barrier}`,
    multiply("g", "others", "columns", v.width, columnsOf(tile).length),
    `${barrier}\n${loadTile("columns", k, "at", tile.columns)}\n${barrier}`,
    multiply("s", "own", "columns", q.width, columnsOf(tile).length),
    slopes(call, tile, (r, c) => ({ token: token(r), source: column(c), suffix: r })),
    `${writeWeights("g", tile.columns)}\n${barrier}`,
    addProducts("bar", "columns", q.width, tile.columns),
  ];
  const body = [
    loadTile("own", q, "first", tile.rows),
    loadTile("others", ct, "first", tile.rows),
    ...inners,
    combineRows(
      (r) => `part${r}`,
      (a, b) => `(${a} + ${b})`,
    ),
    ...keep,
    declareResult("bar", q.width),
    overSources(call, tile, step.join("\n")),
    writeResult("bar", bar, "first"),
  ];
  const reads = ["ct", "y", "q", "k", "v", "logs", ...maskOf(call)];
  return kernel(tile, reads, ["bar", "inners"], backwardTiles(call, tile), body.join("\n"));
}

const backwardTiles = ({ q, v }: AttentionCall, { rows, columns }: TileSizes) => ({
  own: rows * pitchOf(q.width),
  others: rows * pitchOf(v.width),
  columns: columns * pitchOf(Math.max(q.width, v.width)),
});

/** k̄ and v̄: a workgroup's own rows are those of sources. */
export function keysText(
  call: AttentionCall,
  tile: TileSizes,
  {
    ct,
    kBar,
    vBar,
  }: { readonly ct: MatrixRows; readonly kBar: MatrixRows; readonly vBar: MatrixRows },
): string {
  const { q, k, v } = call;
  const cs = columnsOf(tile);
  const tokens = cs.map(
    (c) =>
      `var log${c} = ${never}; var inner${c} = 0.0; if (${column(c)} < ${q.count}u) { ` +
      `let place = matrix * ${q.count}u + ${column(c)}; ` +
      `log${c} = logs[place]; inner${c} = inners[place]; }`,
  );
  const step = [
    `${barrier}\n${loadTile("columns", ct, "at", tile.columns)}\n${barrier}`,
    multiply("g", "others", "columns", v.width, cs.length),
    `${barrier}\n${loadTile("columns", q, "at", tile.columns)}\n${barrier}`,
    multiply("s", "own", "columns", q.width, cs.length),
    ...tokens,
    slopes(call, tile, (r, c) => ({ token: column(c), source: token(r), suffix: c })),
    `${writeWeights("g", tile.columns)}\n${barrier}`,
    addProducts("kBar", "columns", q.width, tile.columns),
    `${barrier}\n${writeWeights("s", tile.columns)}`,
    `${loadTile("columns", ct, "at", tile.columns)}\n${barrier}`,
    addProducts("vBar", "columns", v.width, tile.columns),
  ];
  const body = [
    loadTile("own", k, "first", tile.rows),
    loadTile("others", v, "first", tile.rows),
    declareResult("kBar", k.width),
    declareResult("vBar", v.width),
    overTokens(call, tile, step.join("\n")),
    writeResult("kBar", kBar, "first"),
    writeResult("vBar", vBar, "first"),
  ];
  const reads = ["ct", "q", "k", "v", "logs", "inners", ...maskOf(call)];
  return kernel(tile, reads, ["kBar", "vBar"], backwardTiles(call, tile), body.join("\n"));
}
