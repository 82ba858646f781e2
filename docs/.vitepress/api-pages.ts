/**
 * @file The API reference: what each entry point of each package exports, from its docstrings, as
 * TypeDoc's pages, whose search works offline.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Application, ConsoleLogger, LogLevel, OptionDefaults } from "typedoc";
import { root } from "./site-paths.ts";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly "@spm/source"?: string }>>;
}

/** Keeps what TypeDoc complains of, but for the parameters of ops that are methods of tensors. */
class Complaints extends ConsoleLogger {
  readonly all: string[] = [];
  override log(message: string, level: Exclude<LogLevel, LogLevel.None>): void {
    if (level < LogLevel.Warn || /has an @param .* which was not used/.test(message)) return;
    this.all.push(message);
    super.log(message, level);
  }
}

/** The entry points by their sources: "@spm/core", "@spm/core/extend", … */
const entryPoints: ReadonlyMap<string, string> = new Map(
  readdirSync(join(root, "packages")).flatMap((folder) => {
    const whole = join(root, "packages", folder);
    const { name, exports }: Manifest = JSON.parse(
      readFileSync(join(whole, "package.json"), "utf8"),
    );
    return Object.entries(exports).flatMap(([face, { "@spm/source": source }]) =>
      source === undefined ? [] : [[join(whole, source), name + face.slice(1)] as const],
    );
  }),
);

/**
 * Writes the reference into a folder beside `source/`, which its links to sources lead into.
 * @throws Error where a link between docstrings leads nowhere, or a docstring is not understood
 */
export async function writeApi(folder: string): Promise<void> {
  const app = await Application.bootstrap({
    entryPoints: [...entryPoints.keys()],
    excludeExternals: true,
    tsconfig: join(root, "docs/.vitepress/tsconfig.api.json"),
    name: "SPM",
    readme: "none",
    disableGit: true,
    basePath: root,
    displayBasePath: root,
    sourceLinkTemplate: "../../source/{path}.html#L{line}",
    blockTags: [...OptionDefaults.blockTags, "@file"],
    navigationLinks: { Site: "../index.html" },
    customCss: join(root, "docs/.vitepress/api.css"),
    favicon: join(root, "docs/.vitepress/icon.svg"),
    hideGenerator: true,
    skipErrorChecking: true, // `npm run types` checks them
    validation: { notExported: false, invalidPath: false, rewrittenLink: false },
  });
  const complaints = new Complaints();
  app.logger = complaints;
  const project = await app.convert();
  if (project === undefined) throw new Error("docs: expected an API reference, got none");
  for (const [source, name] of entryPoints) {
    const module = project.children?.find(({ sources }) => sources?.[0]?.fullFileName === source);
    if (module === undefined) throw new Error(`docs: expected ${name} in the reference`);
    module.name = name;
  }
  app.validate(project);
  await app.generateDocs(project, folder);
  if (complaints.all.length > 0)
    throw new Error(`docs: expected docstrings without warnings, got ${complaints.all.length}`);
}
