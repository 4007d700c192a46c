import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { Copyable } from "~/components/copyable";
import styles from "./admin.module.css";
import { texts } from "./texts";

interface SecretProps {
  /** The secret, or null when there is none to show. It is in memory only. */
  secret: string | null;
  title: string;
  text: string;
  onClose: () => void;
}

/** Shows a password or a key that cannot be read again. It closes by its button only. */
export function Secret({ secret, title, text, onClose }: SecretProps) {
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Text size="sm">{text}</Text>
        <div className={styles.secret}>
          <Copyable text={secret ?? ""} />
        </div>
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            {texts.secret.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
