import { Notifications } from "@mantine/notifications";

/** Shows the messages of `toast`. */
export default function Toasts() {
  return <Notifications position="bottom-right" limit={4} autoClose={6_000} />;
}
