export const texts = {
  bell: (unread: number): string =>
    unread === 0 ? "Notifications" : `Notifications, ${unread.toLocaleString("en")} unread`,
  title: "Notifications",
  count: (unread: number): string => (unread > 99 ? "99+" : String(unread)),
  readAll: "Mark all as read",
  unread: "Unread",
  empty: "No notifications",
  emptyHint: "What concerns you appears here.",
} as const;
