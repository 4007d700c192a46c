/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  navigation: { assignments: "Picking", queue: "Pick queue" },
  assignments: { title: "Picking" },
  queue: { title: "Pick queue" },
} as const;
