import { createHash } from "node:crypto";
import postcss, { type Rule } from "postcss";
import type { Plugin } from "vite";

const CLASS = /\.(m_[0-9a-f]+)/g;

/**
 * The component library's styles come in one file. Rules whose classes no script of the build names are left out. That
 * changes a file that has its name already, so the page names a digest of the content beside it.
 */
export function unusedCss(): Plugin {
  return {
    name: "unused-css",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const page = bundle["index.html"];
        if (page?.type !== "asset") throw new Error("The build has no page.");
        let html = String(page.source);
        const used = usedClasses(Object.values(bundle).map((output) => (output.type === "chunk" ? output.code : "")));
        for (const output of Object.values(bundle)) {
          if (output.type !== "asset" || !html.includes(`${output.fileName}"`) || !output.fileName.endsWith(".css"))
            continue;
          const css = withoutUnused(String(output.source), used);
          if (css === output.source) continue;
          output.source = css;
          const digest = createHash("sha256").update(css).digest("hex").slice(0, 8);
          html = html.replaceAll(`${output.fileName}"`, `${output.fileName}?v=${digest}"`);
        }
        page.source = html;
      },
    },
  };
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
