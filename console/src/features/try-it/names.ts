/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = { title: "Try it" } as const;
