/** A trace as a tree: the SKU at its root, below it batch, pack, modules and cells. */

import type { Schema } from "~/api/schema";
import { shortId } from "~/components/copyable";
import { tracePath } from "./links";

export type TraceKind = Schema<"TraceEntryKind">;
type Entry = Schema<"TraceEntry">;
type Trace = Schema<"TraceView">;

export interface TraceNode {
  key: string;
  kind: TraceKind;
  /** The serial number, or the end of the id. */
  name: string;
  status: string | undefined;
  /** The page of the node. */
  to: string;
  /** Whether this was traced. */
  isSubject: boolean;
  /** The batch in which a module was made, if it is another one than its pack's. */
  madeIn: string | undefined;
  children: TraceNode[];
}

/** Return the root of a trace. Pages of it are given in the order in which they were read. */
export function treeOf(pages: readonly [Trace, ...Trace[]]): TraceNode {
  const [first] = pages;
  const subject = nodeOf({ kind: first.kind, id: first.id, serial: first.serial, status: first.status }, true);
  addDescendants(
    subject,
    pages.flatMap((page) => page.descendants),
  );
  return containedIn(first.ancestors, subject);
}

/** Put the subject into what contains it, from the nearest on. */
function containedIn(ancestors: readonly Entry[], subject: TraceNode): TraceNode {
  const batches = ancestors.filter(({ kind }) => kind === "batch");
  // Of two batches the first one made the module, and the second one its pack.
  const ownBatch = batches.length > 1 ? batches[0] : undefined;
  let inner = subject;
  if (subject.kind === "module") subject.madeIn = ownBatch?.id;
  for (const ancestor of ancestors) {
    if (ancestor === ownBatch) continue;
    const node = nodeOf(ancestor);
    if (node.kind === "module") node.madeIn = ownBatch?.id;
    node.children.push(inner);
    inner = node;
  }
  return inner;
}

/** Modules stand before their cells. The cells of a traced module are its own. */
function addDescendants(subject: TraceNode, descendants: readonly Entry[]): void {
  let module = subject;
  for (const entry of descendants) {
    const node = nodeOf(entry);
    if (node.kind === "module") {
      subject.children.push(node);
      module = node;
    } else {
      module.children.push(node);
    }
  }
}

const PATHS = { sku: "skus", batch: "batches", pack: "packs", module: "modules" } as const;

function nodeOf({ kind, id, serial, status }: Entry, isSubject = false): TraceNode {
  return {
    key: `${kind}:${id}`,
    kind,
    name: serial ?? shortId(id),
    status,
    to: kind === "cell" ? tracePath(serial ?? id) : `/line/${PATHS[kind]}/${id}`,
    isSubject,
    madeIn: undefined,
    children: [],
  };
}

/** With more modules than this, they are closed at first. */
const FEW_MODULES = 4;

/** Return whether a node shows its children. A module's cells are shown at first only where there are few modules. */
export function isOpen(node: TraceNode, siblings: number, toggled: ReadonlySet<string>): boolean {
  const initially = node.kind !== "module" || node.isSubject || siblings <= FEW_MODULES;
  return node.children.length > 0 && initially !== toggled.has(node.key);
}

export interface VisibleNode {
  node: TraceNode;
  parent: string | null;
  open: boolean;
}

/** Return the nodes that are shown, from top to bottom. */
export function visibleNodes(root: TraceNode, toggled: ReadonlySet<string>): readonly VisibleNode[] {
  const visible: VisibleNode[] = [];
  const visit = (node: TraceNode, parent: string | null, siblings: number): void => {
    const open = isOpen(node, siblings, toggled);
    visible.push({ node, parent, open });
    if (open) for (const child of node.children) visit(child, node.key, node.children.length);
  };
  visit(root, null, 1);
  return visible;
}

/** Where a key leads in the tree: to another node, or to another shape of this one. */
export type Move = { focus: string } | { toggle: string } | null;

/** Return what a key does, as the pattern of trees for keyboards says. */
export function moveOf(key: string, current: string, visible: readonly VisibleNode[]): Move {
  const index = visible.findIndex(({ node }) => node.key === current);
  const here = visible[index];
  if (here === undefined) return null;
  const to = (target: VisibleNode | undefined): Move => (target === undefined ? null : { focus: target.node.key });
  if (key === "ArrowDown") return to(visible[index + 1]);
  if (key === "ArrowUp") return to(visible[index - 1]);
  if (key === "Home") return to(visible[0]);
  if (key === "End") return to(visible.at(-1));
  if (key === "ArrowRight") return inward(here, visible[index + 1]);
  if (key === "ArrowLeft") return outward(here);
  return null;
}

function inward({ node, open }: VisibleNode, next: VisibleNode | undefined): Move {
  if (node.children.length === 0) return null;
  if (!open) return { toggle: node.key };
  return next === undefined ? null : { focus: next.node.key };
}

function outward({ node, open, parent }: VisibleNode): Move {
  if (open) return { toggle: node.key };
  return parent === null ? null : { focus: parent };
}
