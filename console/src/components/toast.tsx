import { notifications } from "@mantine/notifications";
import { IconCheck, IconX } from "@tabler/icons-react";
import { common } from "~/texts/common";
import { messageOf } from "./error-note";

const closeButtonProps = { "aria-label": common.actions.close };

/** Short messages about what was done. What a person has to act on belongs on the page instead: `ErrorNote`. */
export const toast = {
  success: (message: string): void => {
    notifications.show({ message, color: "green", icon: <IconCheck size={18} />, closeButtonProps });
  },
  error: (error: unknown): void => {
    const message = messageOf(error);
    notifications.show({ message, color: "red", icon: <IconX size={18} />, autoClose: 10_000, closeButtonProps });
  },
};
