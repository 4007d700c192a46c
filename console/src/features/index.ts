import type { Feature } from "~/app/feature";

/** Each folder beside this file that has a `feature.tsx` is a feature; nothing else has to name it. */
const modules = import.meta.glob<{ feature: Feature }>("./*/feature.tsx", { eager: true });

export const features: readonly Feature[] = Object.values(modules).map((module) => module.feature);
