import { Modal, TextInput, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogout, IconMoon, IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { common } from "~/texts/common";
import type { NavigationEntry } from "./feature";
import { useNavigation } from "./navigation";
import styles from "./palette.module.css";
import { signOut } from "./session";

interface Command {
  label: string;
  hint: string;
  words: string;
  icon: NavigationEntry["icon"];
  run: () => void;
}

interface PaletteProps {
  onClose: () => void;
  onShortcuts: () => void;
}

/** Opens any page and runs any command by a few typed letters. */
export default function Palette({ onClose, onShortcuts }: PaletteProps) {
  const [text, setText] = useState("");
  const [selected, setSelected] = useState(0);
  const commands = useCommands(onShortcuts);
  const matches = useMemo(() => commands.filter((command) => matchesText(command, text)), [commands, text]);
  const current = Math.min(selected, matches.length - 1);

  function run(command: Command | undefined): void {
    if (command === undefined) return;
    onClose();
    command.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setSelected((current + step + matches.length) % Math.max(matches.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(matches[current]);
    }
  }

  return (
    <Modal.Root opened onClose={onClose} size={560} yOffset="12vh">
      <Modal.Overlay backgroundOpacity={0.3} />
      <Modal.Content aria-label={common.palette.open}>
        <TextInput
          data-autofocus
          size="md"
          variant="unstyled"
          classNames={{ input: styles.input }}
          placeholder={common.palette.placeholder}
          aria-label={common.palette.placeholder}
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={matches.length > 0 ? `palette-${current}` : undefined}
          leftSection={<IconSearch size={18} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setSelected(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div id="palette-list" className={styles.list} role="listbox" aria-label={common.palette.commands}>
          {matches.map(({ icon: Icon, ...command }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keyboard, as the pattern combobox asks for
            <div
              key={`${command.hint} ${command.label}`}
              id={`palette-${index}`}
              className={styles.option}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              onMouseMove={() => setSelected(index)}
              onClick={() => run(matches[index])}
            >
              <Icon size={18} stroke={1.7} />
              {command.label}
              <span className={styles.hint}>{command.hint}</span>
            </div>
          ))}
        </div>
        {matches.length === 0 && <p className={styles.empty}>{common.palette.empty}</p>}
      </Modal.Content>
    </Modal.Root>
  );
}

function useCommands(onShortcuts: () => void): readonly Command[] {
  const sections = useNavigation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const pages = sections.flatMap(({ label: hint, entries }) =>
      entries.map(({ to, label, icon, keywords = "" }) => ({
        label,
        hint,
        icon,
        words: keywords,
        run: () => void navigate(to),
      })),
    );
    const other = scheme === "dark" ? "light" : "dark";
    const hint = common.palette.commands;
    return [
      ...pages,
      { label: common.theme[other], hint, icon: IconMoon, words: "", run: () => setColorScheme(other) },
      { label: common.palette.keyboard, hint, icon: IconKeyboard, words: "help", run: onShortcuts },
      { label: common.signOut, hint, icon: IconLogout, words: "log out exit", run: () => void signOut(client) },
    ];
  }, [sections, navigate, client, scheme, setColorScheme, onShortcuts]);
}

function matchesText(command: Command, text: string): boolean {
  const haystack = `${command.label} ${command.hint} ${command.words}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
