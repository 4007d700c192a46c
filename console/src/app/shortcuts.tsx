import { Kbd, Modal } from "@mantine/core";
import { KeyValueList } from "~/components/key-value-list";
import { common } from "~/texts/common";

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  [common.shortcuts.palette, ["Ctrl", "K"]],
  [common.shortcuts.search, ["/"]],
  [common.shortcuts.rows, ["↑", "↓"]],
  [common.shortcuts.open, ["Enter"]],
  [common.shortcuts.close, ["Esc"]],
  [common.shortcuts.navigation, ["["]],
  [common.shortcuts.help, ["?"]],
];

/** Lists what the keyboard does. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={common.shortcuts.title}>
      <KeyValueList
        items={KEYS.map(([label, keys]) => ({
          label,
          value: keys.map((key) => (
            <Kbd key={key} size="sm" style={{ marginRight: 4 }}>
              {key}
            </Kbd>
          )),
        }))}
      />
    </Modal>
  );
}
