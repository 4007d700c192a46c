import { notifications } from "@mantine/notifications";
import { IconCheck, IconX } from "@tabler/icons-react";
import { messageOf } from "./error-note";

/** Short messages about what was done. What a person has to act on belongs on the page instead: `ErrorNote`. */
export const toast = {
  success: (message: string): void => {
    notifications.show({ message, color: "green", icon: <IconCheck size={18} /> });
  },
  error: (error: unknown): void => {
    notifications.show({ message: messageOf(error), color: "red", icon: <IconX size={18} />, autoClose: 10_000 });
  },
};
