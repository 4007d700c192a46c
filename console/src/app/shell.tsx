import { ActionIcon, Kbd, UnstyledButton } from "@mantine/core";
import { useHotkeys, useLocalStorage } from "@mantine/hooks";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconMenu2, IconSearch } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { common } from "~/texts/common";
import { AccountMenu } from "./account-menu";
import { BarEntries } from "./bar";
import { ConnectionBanner, ConnectionIndicator } from "./connection-indicator";
import styles from "./shell.module.css";
import { SideNavigation } from "./side-navigation";

const Palette = lazy(() => import("./palette"));
const Shortcuts = lazy(() => import("./shortcuts"));

/** The frame around every page: navigation, search, the state of the connection, and the account. */
export function Shell({ children }: { children: ReactNode }) {
  const [collapsed, setCollapsed] = useLocalStorage({ key: "baton.navigation", defaultValue: false });
  const [open, setOpen] = useState(false);
  const [overlay, setOverlay] = useState<"palette" | "shortcuts" | null>(null);
  const main = useFocusOnNavigation(() => setOpen(false));
  useHotkeys(
    [
      ["mod+K", () => setOverlay("palette")],
      ["shift+?", () => setOverlay("shortcuts")],
      ["?", () => setOverlay("shortcuts")],
      ["[", () => setCollapsed((value) => !value)],
      ["/", focusSearch],
    ],
    ["INPUT", "TEXTAREA", "SELECT"],
  );
  const close = (): void => setOverlay(null);
  return (
    <div className={[styles.shell, collapsed && styles.collapsed, open && styles.open].filter(Boolean).join(" ")}>
      <a href="#content" className={styles.skip}>
        {common.skipToContent}
      </a>
      <aside className={styles.side} id="navigation">
        <SideNavigation />
        <div className={styles.foot}>
          <CollapseButton collapsed={collapsed} onClick={() => setCollapsed(!collapsed)} />
        </div>
      </aside>
      {open && (
        <button
          type="button"
          className={styles.scrim}
          aria-label={common.closeNavigation}
          onClick={() => setOpen(false)}
        />
      )}
      <TopBar open={open} onOpen={() => setOpen(true)} onSearch={() => setOverlay("palette")} />
      <main className={styles.main} id="content" tabIndex={-1} ref={main}>
        <ConnectionBanner />
        <div className={styles.content}>{children}</div>
      </main>
      <Suspense>
        {overlay === "palette" && <Palette onClose={close} onShortcuts={() => setOverlay("shortcuts")} />}
        {overlay === "shortcuts" && <Shortcuts onClose={close} />}
      </Suspense>
    </div>
  );
}

/** After navigation the keyboard and screen readers continue at the new page. */
function useFocusOnNavigation(onNavigate: () => void) {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus();
    main.current?.scrollTo(0, 0);
    onNavigate();
  });
  return main;
}

function focusSearch(): void {
  document.querySelector<HTMLInputElement>("#content [data-filter-search]")?.focus();
}

interface TopBarProps {
  open: boolean;
  onOpen: () => void;
  onSearch: () => void;
}

function TopBar({ open, onOpen, onSearch }: TopBarProps) {
  return (
    <header className={styles.top}>
      <ActionIcon
        className={styles.onlyPhone}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={common.openNavigation}
        aria-expanded={open}
        aria-controls="navigation"
        onClick={onOpen}
      >
        <IconMenu2 size={20} />
      </ActionIcon>
      <UnstyledButton className={styles.search} onClick={onSearch}>
        <IconSearch size={16} aria-hidden="true" />
        <span>{common.palette.open}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <div className={styles.spacer} />
      <ConnectionIndicator />
      <BarEntries />
      <AccountMenu />
    </header>
  );
}

function CollapseButton({ collapsed, onClick }: { collapsed: boolean; onClick: () => void }) {
  const Icon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={onClick}
      aria-label={collapsed ? common.expandNavigation : common.collapseNavigation}
    >
      <Icon size={19} stroke={1.6} />
    </ActionIcon>
  );
}
