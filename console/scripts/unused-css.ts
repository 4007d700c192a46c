import { createHash } from "node:crypto";
import postcss, { type Rule } from "postcss";
import type { Plugin } from "vite";

const CLASS = /\.(m_[0-9a-f]+)/g;

/**
 * The component library's styles come in one file. Rules whose classes no script of the build names are left out. That
 * changes a file that has its name already, so it gets another one, with a digest of what is left.
 */
export function unusedCss(): Plugin {
  return {
    name: "unused-css",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const scripts = Object.values(bundle).map((output) => (output.type === "chunk" ? output.code : ""));
        const used = usedClasses(scripts);
        for (const output of Object.values(bundle)) {
          if (output.type !== "asset" || !output.fileName.endsWith(".css")) continue;
          const css = withoutUnused(String(output.source), used);
          if (css === output.source) continue;
          const digest = createHash("sha256").update(css).digest("hex").slice(0, 8);
          rename(bundle, output.fileName, output.fileName.replace(/\.css$/, `-${digest}.css`));
          output.source = css;
        }
      },
    },
  };
}

type Bundle = Parameters<Extract<NonNullable<Plugin["generateBundle"]>, { handler: unknown }>["handler"]>[1];

/**
 * Rename a file everywhere. The entry names it and keeps its own name, which is right: other classes are used only if a
 * script has changed, and then the name of that script, which the entry has too, has given the entry another name.
 */
function rename(bundle: Bundle, from: string, to: string): void {
  for (const output of Object.values(bundle)) {
    if (output.type === "chunk") output.code = output.code.replaceAll(from, to);
    else if (output.fileName === from) output.fileName = to;
    else if (/\.(html|json)$/.test(output.fileName)) output.source = String(output.source).replaceAll(from, to);
  }
}

function usedClasses(scripts: readonly string[]): ReadonlySet<string> {
  return new Set(scripts.flatMap((code) => code.match(/\bm_[0-9a-f]+\b/g) ?? []));
}

/** Return styles without the rules of which every selector names a class that is not used. */
export function withoutUnused(css: string, used: ReadonlySet<string>): string {
  const root = postcss.parse(css);
  root.walkRules((rule) => {
    const selectors = rule.selectors.filter((selector) => isUsed(selector, used));
    if (selectors.length === 0) removeWithEmptyParents(rule);
    else if (selectors.length < rule.selectors.length) rule.selectors = selectors;
  });
  return root.toString();
}

/** A selector without classes of the library is always used, and one with `:not` is kept to be safe. */
function isUsed(selector: string, used: ReadonlySet<string>): boolean {
  return selector.includes(":not(") || [...selector.matchAll(CLASS)].every(([, name = ""]) => used.has(name));
}

function removeWithEmptyParents(rule: Rule): void {
  const { parent } = rule;
  rule.remove();
  if (parent?.type === "atrule" && parent.nodes?.length === 0) parent.remove();
}
