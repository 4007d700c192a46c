/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  board: { title: "Repairs" },
  create: { title: "New work order" },
  schedules: { title: "Schedules" },
  rides: { title: "Rides" },
  checklists: { title: "Checklists" },
  reports: { title: "Repair reports" },
  mine: { title: "My work orders" },
} as const;
