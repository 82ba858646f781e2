/** @file Imports by name become addresses, and a program's lines stay where they are. */
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure.ts";
import { ImportError, lineOfImport, modules, renameImports } from "./modules.ts";
import { withoutTypes } from "./typescript.ts";

const renamed = (source: string) => renameImports(source, async (name) => `blob:${name}`);

describe("renameImports", () => {
  test("every form of an import with a literal name, and nothing else", async () => {
    const source = `import { add, mul } from "@spm/core";
import nn, * as all from '@spm/nn'
import "@spm/optim";
export { grad } from "@spm/core";
const late = await import("@spm/gpu"), text = 'import "no" from "no"'; // import "no"
const unknown = import(text + \`\${import("@spm/wasm")}\`);
import.meta.url;`;
    expect(await renamed(source)).toBe(`import { add, mul } from "blob:@spm/core";
import nn, * as all from "blob:@spm/nn"
import "blob:@spm/optim";
export { grad } from "blob:@spm/core";
const late = await import("blob:@spm/gpu"), text = 'import "no" from "no"'; // import "no"
const unknown = import(text + \`\${import("blob:@spm/wasm")}\`);
import.meta.url;`);
  });

  test("an import over several lines keeps them, and says in which its name stands", async () => {
    const lines: number[] = [];
    const source = 'import {\n  add,\n  mul,\n} from\n  "@spm/core";\nadd(1, 2);\n';
    const made = await renameImports(source, async (name, line) => {
      lines.push(line);
      return name;
    });
    expect([made, lines]).toEqual([source, [5]]);
  });

  test("a program without imports stays as it is", async () => {
    expect(await renamed("const x = 1;\n")).toBe("const x = 1;\n");
  });
});

describe("modules", () => {
  const files: Record<string, string> = {
    "packages/core.js": 'export { add } from "./chunk-a.js";',
    "packages/core/extend.js": 'export * from "../chunk-a.js";',
    "packages/chunk-a.js": "export const add = 1, late = () => import('node:os');",
  };
  const open = () => {
    const [reads, published]: [string[], string[]] = [[], []];
    const read = async (file: string): Promise<string> => {
      reads.push(file);
      return files[file] ?? "";
    };
    const publish = (text: string): string => `blob:${published.push(text)}`;
    const packages = {
      "@spm/core": "packages/core.js",
      "@spm/core/extend": "packages/core/extend.js",
    };
    return { reads, published, made: modules(packages, read, publish) };
  };

  test("files that packages share are read and made once", async () => {
    const { reads, published, made } = open();
    const code = 'import { add } from "@spm/core";\nimport "@spm/core/extend";';
    const address = await made.program(code);
    expect(reads.toSorted()).toEqual(Object.keys(files).toSorted());
    expect(published.length).toBe(4);
    const chunk = `blob:${published.findIndex((text) => text.includes("late")) + 1}`;
    expect(published).toContain(
      `export const add = 1, late = () => import("node:os");`, // nobody calls it here
    );
    const extend = published.find((text) => text.startsWith("export * from"));
    expect(extend).toBe(`export * from "${chunk}";`);
    expect(address).toBe("blob:4");
    expect(published[3]).toMatch(/^import \{ add \} from "blob:\d";\nimport "blob:\d";$/);
  });

  test.each(["lodash", "toString", "./mine.js", "https://example.org/x.js"])(
    "%s is refused with the line and what there is",
    async (name) => {
      const error = await open()
        .made.program(`\n\nimport "${name}";`)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ImportError);
      expect(failureOf(error, { code: "", address: undefined })).toEqual({
        name: "ImportError",
        message: `import: expected a package that is here, got "${name}"`,
        help: "the playground has @spm/core, @spm/core/extend",
        ...{ line: 3, column: 1 },
      });
    },
  );
});

describe("withoutTypes", () => {
  test("types go, lines and the rest stay", () => {
    const typed = `import { type Tensor, tensor } from "@spm/core";
interface Shape {
  readonly n: number;
}
const f = <T extends Shape>(x: Tensor, { n }: T): Tensor => x.mul(n) as Tensor;
class Net extends Module {
  readonly #w = tensor([1]);
  forward = (x: Tensor) => this.#w!.mul(x) satisfies Tensor;
}
const late = a?.b ?? (await import("@spm/gpu"));`;
    const plain = withoutTypes(typed);
    expect(plain.split("\n").map((line) => line.replace(/ +/g, " ").trim())).toEqual([
      ...['import { tensor } from "@spm/core";', "", "", ""],
      "const f = (x, { n }) => x.mul(n) ;",
      ...[
        "class Net extends Module {",
        "#w = tensor([1]);",
        "forward = (x) => this.#w.mul(x) ;",
        "}",
      ],
      'const late = a?.b ?? (await import("@spm/gpu"));',
    ]);
  });

  test("plain JavaScript stays as it is, its unused imports too", () => {
    const plain = 'import { add } from "@spm/core";\nlet s = 1 < 2, t = 3 > (2);\n';
    expect(withoutTypes(plain)).toBe(plain);
  });

  test("what is no program is refused with its place", () => {
    const refused = (code: string) => {
      try {
        return withoutTypes(code);
      } catch (error) {
        return failureOf(error, { code, address: undefined });
      }
    };
    expect(refused("const a = 1;\nconst b = ;")).toEqual({
      ...{ name: "SyntaxError", message: "Unexpected token", line: 2, column: 11 },
    });
    expect(refused("f(\n\n")).toMatchObject({ name: "SyntaxError", line: 3 });
  });
});

describe("failureOf", () => {
  const address = "blob:null/1-2";
  const at = (stack: string, message = "add: expected [2], got [3]\nhelp: reshape it") =>
    failureOf(Object.assign(new Error(message), { stack }), { code: "", address });

  test("the first line of a stack that is in the program, and the help", () => {
    const frames = ["add (blob:null/9:1:77)", `f (${address}:12:5)`, `${address}:3:1`];
    const stack = `Error: no\n  at ${frames.join("\n  at ")}`;
    expect(at(stack)).toEqual({
      ...{ name: "Error", message: "add: expected [2], got [3]", help: "reshape it" },
      ...{ line: 12, column: 5 },
    });
    expect(at(`f@${address}:4:2\n`, "x")).toEqual({
      name: "Error",
      message: "x",
      line: 4,
      column: 2,
    });
  });

  test("without a place there is none", () => {
    expect(at("Error: no\n  at add (blob:null/9:1:77)").line).toBeUndefined();
    expect(failureOf("a word", { code: "", address })).toEqual({
      name: "thrown",
      message: "a word",
    });
  });

  test("a name that a package lacks is found in its import", () => {
    const code = 'import { add } from "a";\nimport {\n  mul,\n  $no,\n} from "b";\nmul($no);';
    const message = "The requested module 'blob:null/7' does not provide an export named '$no'";
    expect(failureOf(new SyntaxError(message), { code, address })).toEqual({
      ...{ name: "ImportError", message: "import: the package has no export $no", line: 4 },
    });
    expect(lineOfImport(code, "mu")).toBeUndefined();
  });
});
