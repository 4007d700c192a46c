import {
  IconBattery,
  IconBattery3,
  type IconBox,
  IconChevronDown,
  IconChevronRight,
  IconCpu,
  IconStack2,
  IconTag,
} from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { StatusBadge } from "~/components/status-badge";
import { TRACED_STATES } from "./states";
import { texts } from "./texts";
import styles from "./trace-picture.module.css";
import { isOpen, moveOf, type TraceKind, type TraceNode, visibleNodes } from "./trace-tree";

const ICONS: Readonly<Record<TraceKind, typeof IconBox>> = {
  sku: IconTag,
  batch: IconStack2,
  pack: IconBattery3,
  module: IconCpu,
  cell: IconBattery,
};

interface TracePictureProps {
  root: TraceNode;
  /** The serial number that was traced. */
  serial: string;
}

/**
 * Shows a trace as a tree that grows to the right, and as a nested list where there is no room for that. Arrow keys move,
 * Enter opens the page of a node.
 */
export function TracePicture({ root, serial }: TracePictureProps) {
  const navigate = useNavigate();
  const holder = useRef<HTMLDivElement>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const visible = useMemo(() => visibleNodes(root, toggled), [root, toggled]);
  const subject = visible.find(({ node }) => node.isSubject)?.node.key ?? root.key;
  const [active, setActive] = useState(subject);
  const current = visible.some(({ node }) => node.key === active) ? active : subject;
  useEffect(() => setActive(subject), [subject]);

  function toggle(key: string): void {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const here = visible.find(({ node }) => node.key === current)?.node;
    if (event.key === "Enter" && here !== undefined && !here.isSubject) void navigate(here.to);
    const move = moveOf(event.key, current, visible);
    if (move === null) return;
    event.preventDefault();
    if ("toggle" in move) {
      toggle(move.toggle);
      return;
    }
    setActive(move.focus);
    holder.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(move.focus)}"]`)?.focus();
  }

  const shared = { toggled, current, onToggle: toggle, onFocus: setActive };
  return (
    <div className={styles.frame}>
      <div
        ref={holder}
        role="tree"
        aria-label={texts.tracing.tree(serial)}
        className={styles.tree}
        onKeyDown={onKeyDown}
      >
        <Item node={root} level={1} siblings={1} {...shared} />
      </div>
    </div>
  );
}

interface ItemProps {
  node: TraceNode;
  level: number;
  siblings: number;
  toggled: ReadonlySet<string>;
  current: string;
  onToggle: (key: string) => void;
  onFocus: (key: string) => void;
}

/** A node, and beside it the group of what it contains: its name has no part of that. */
function Item({ node, level, siblings, ...shared }: ItemProps) {
  const open = isOpen(node, siblings, shared.toggled);
  const ofCells = node.children[0]?.kind === "cell";
  return (
    <div role="none" className={styles.item}>
      <div
        role="treeitem"
        aria-level={level}
        aria-expanded={node.children.length > 0 ? open : undefined}
        aria-current={node.isSubject ? "true" : undefined}
        data-key={node.key}
        tabIndex={node.key === shared.current ? 0 : -1}
        className={styles.card}
        onFocus={() => shared.onFocus(node.key)}
      >
        <Content node={node} open={open} onToggle={() => shared.onToggle(node.key)} />
      </div>
      {open && (
        <div role="group" className={`${styles.group} ${ofCells ? styles.cells : ""}`}>
          {node.children.map((child) => (
            <Item key={child.key} node={child} level={level + 1} siblings={node.children.length} {...shared} />
          ))}
        </div>
      )}
    </div>
  );
}

interface ContentProps {
  node: TraceNode;
  open: boolean;
  onToggle: () => void;
}

/** What stands in a node. Its links and its button are for pointers; the tree does the same by keys. */
function Content({ node, open, onToggle }: ContentProps) {
  const Icon = ICONS[node.kind];
  const Chevron = open ? IconChevronDown : IconChevronRight;
  const count = node.children.length;
  const countsCells = node.kind === "module" && count > 0;
  return (
    <>
      <span className={styles.kind}>
        <Icon size={14} aria-hidden="true" />
        {texts.tracing.kinds[node.kind]}
        {countsCells && <> · {texts.tracing.parts(count)}</>}
      </span>
      {node.isSubject ? (
        <strong className={`code ${styles.name}`}>{node.name}</strong>
      ) : (
        <Link to={node.to} tabIndex={-1} className={`code ${styles.name}`}>
          {node.name}
        </Link>
      )}
      {node.status !== undefined && <StatusBadge state={node.status} states={TRACED_STATES} />}
      {node.madeIn !== undefined && (
        <Link to={`/line/batches/${node.madeIn}`} tabIndex={-1} className={styles.more}>
          {texts.tracing.madeIn}
        </Link>
      )}
      {count > 0 && (
        <button
          type="button"
          tabIndex={-1}
          className={styles.toggle}
          aria-hidden="true"
          title={open ? texts.tracing.close : texts.tracing.open}
          onClick={onToggle}
        >
          <Chevron size={16} />
        </button>
      )}
    </>
  );
}
