export const texts = {
  title: (count: number): string => (count === 0 ? "Comments" : `Comments (${count})`),
  none: "No comments yet",
  earlier: "Earlier comments",
  list: "Comments",
  mentioned: (names: string): string => `Mentioned: ${names}`,
  text: "Comment",
  mentions: "Mention people",
  mentionsHint: "They are notified, besides those who take part.",
  nobodyFound: "Nobody found who can read this work order",
  missing: "Write something.",
  send: "Comment",
  done: "The comment was added.",
} as const;
