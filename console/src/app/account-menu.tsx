import {
  ActionIcon,
  Avatar,
  Menu,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { common } from "~/texts/common";
import { useMe } from "./me";
import { signOut } from "./session";

/** Theme, own account and sign-out. */
export function AccountMenu() {
  const { user, role } = useMe();
  const client = useQueryClient();
  return (
    <>
      <ThemeToggle />
      <Menu position="bottom-end" width={230} shadow="md">
        <Menu.Target>
          <UnstyledButton>
            <Avatar name={initialsSource(user.fullName)} size={32} color="petrol" variant="light" />
            <span className="visually-hidden">{`${common.account}: ${user.fullName}`}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <div style={{ padding: "0.5rem 0.75rem" }}>
            <Text size="sm" fw={600} truncate>
              {user.fullName}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {role.name} · {user.organization}
            </Text>
          </div>
          <Menu.Divider />
          <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} />}>
            {common.account}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut(client)}>
            {common.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Initials come from the words of a name, and emoji or punctuation give none. */
function initialsSource(name: string): string {
  return name.replace(/[^\p{L}\p{N} ]/gu, "");
}

export function ThemeToggle() {
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const Icon = scheme === "dark" ? IconSun : IconMoon;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={common.theme.toggle}
      onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
    >
      <Icon size={19} stroke={1.7} />
    </ActionIcon>
  );
}
